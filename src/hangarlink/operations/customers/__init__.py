"""Customers: who flies with us and who is billed."""
