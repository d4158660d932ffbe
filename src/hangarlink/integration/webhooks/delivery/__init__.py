"""Bringing deliveries to their endpoints: one pump per account, many threads that post, few statements over sets.

desk      what the database is asked and told: routes, claims, results
posting   one message over the wire, and what came of it
pump      who posts what next: fairness between endpoints, order within one, pauses
"""
