"""Defects: what somebody found wrong with an aircraft, from the report until the record is closed.

A report may come from a person or from a partner. Matching a partner's report with one we have is best effort: what
cannot be shown to be the same defect becomes a new one: a duplicate costs a minute, a lost report an aircraft.
"""
