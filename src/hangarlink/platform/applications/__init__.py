"""OAuth applications: programs that use the API of one account, their secrets, tokens and limits.

Clients get a token with the client credentials grant (RFC 6749, django-oauth-toolkit and oauthlib do the protocol) and
show it as a bearer token (RFC 6750). A token belongs to one account: under another subdomain it does not exist.
"""
