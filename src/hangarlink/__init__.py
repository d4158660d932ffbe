"""Hangarlink: a maintenance system of record for aircraft, with an integration hub."""

__version__ = "0.1.0"
