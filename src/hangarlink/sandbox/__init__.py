"""Stand-ins for the systems Hangarlink talks to: the outside world, for demos, tests and anybody's own trials.

Nothing here imports the product, and the product imports nothing from here but the command that serves it.
"""
