"""Items tracked elsewhere: what another maintenance system says is due on our aircraft, as of when it said so.

They stand beside our own requirements, never among them: nothing here feeds the programme, an aircraft's own state or
its counts. What the partner said is kept as it said it; our own clock only adds that a date has passed since, or that
what was said is too old to rely on: then nobody can tell, which is never green.
"""
