"""Pages of the sync log: every run, every API call, every refused record."""
