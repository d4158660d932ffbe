"""Pages of the programme: what is due and why, work done, requirements."""
