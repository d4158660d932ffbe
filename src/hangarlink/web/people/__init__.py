"""Pages of people: users, invitations, roles."""
