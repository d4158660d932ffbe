"""Coming in: password, passkey, second step, invitation, forgotten password; and everybody's own security page.

django-allauth does the work; what is decided here is who may come in (active members of the account whose address this
is, nobody else), what is said to those who may not (always the same), and what the pages look like.
"""
