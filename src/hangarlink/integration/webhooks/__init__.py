"""Outbound webhooks: what happened here, told to addresses that somebody entered.

An event is announced in the transaction that made it true; `delivery` fans it out to the endpoints that want it and
posts it, signed as Standard Webhooks (https://www.standardwebhooks.com) say, until it arrived or its schedule is spent.
Delivered at least once: the id of an event never changes, so a receiver can tell a repetition.
"""
