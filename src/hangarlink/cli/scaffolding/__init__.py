"""Texts of a new connector, for `hangarlink connector new`. In them, %key%, %name% and %class% are filled in."""
