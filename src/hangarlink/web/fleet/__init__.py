"""Pages of the fleet: the board, aircraft, aircraft models, usage."""
