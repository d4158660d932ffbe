"""Pages that answer "why": one per kind of thing."""
