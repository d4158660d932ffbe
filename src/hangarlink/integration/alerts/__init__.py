"""Alerts: incidents that somebody has to look at, told to those who can mend them, once, with a word when it is over.

Below connections, sync and webhooks: they raise and clear, in the transaction in which they notice.
"""
