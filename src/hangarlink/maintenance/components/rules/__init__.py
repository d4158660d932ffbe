"""Decisions about components over plain values: clocks, lives, histories. No Django, no clock on the wall."""
