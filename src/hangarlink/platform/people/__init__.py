"""People, roles, permissions, and who is acting."""
