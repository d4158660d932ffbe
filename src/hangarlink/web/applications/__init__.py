"""Pages of OAuth applications: programs that use the API of this account."""
