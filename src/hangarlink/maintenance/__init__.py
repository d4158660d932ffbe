"""Maintenance decisions: what is due, what is defective, what was done."""
