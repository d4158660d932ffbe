"""The set-wise reads and writes that the usage actions share. Every function here is a constant number of statements.

Only `fleet.actions` writes through it, inside its transaction and with the aircraft locked: whoever changes usage of an
aircraft holds its row lock, so totals, overlaps and duplicates are decided on what stands.
"""
