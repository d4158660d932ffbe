"""Accounts, and the wall between them."""
