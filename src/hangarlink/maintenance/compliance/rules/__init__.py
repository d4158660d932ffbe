"""Pure decisions of compliance: no Django, no clock, no database."""
