"""The maintenance programme: what must be done when, what was done, and therefore what is due."""
