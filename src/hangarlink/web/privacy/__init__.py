"""Privacy: what is held of a person, their export, their erasure."""
