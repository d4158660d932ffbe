"""Notification rules: who is told what, where, and what came of it."""
