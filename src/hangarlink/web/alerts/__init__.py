"""Alerts: what needs somebody to look, and whether a person wants to hear of it by e-mail."""
