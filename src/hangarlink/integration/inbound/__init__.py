"""Inbound webhooks: a partner says that something happened, and we ask it what.

What arrives is verified before anything of it is read, kept once, acknowledged at once, and treated as a hint: the
queue asks for a run of the flows it touches. Nothing that a webhook claims is ever written to a record.
"""
