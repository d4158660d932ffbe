"""One PostgreSQL: embedded or given, an owner who migrates and a plain role that serves."""
