"""Who did what, when, with old and new values. Append-only, by the database's own word."""
