"""When is it due? Pure functions over plain values: no Django, no clock, no database. Same question, same answer.

Reading order: `limits` (what a requirement says), `terms` and `standing` (what that means after a history), `status`
and `forecast` (how it looks now), `explain` (why). Source: the rules of maintenance planning cited in each module.
"""
