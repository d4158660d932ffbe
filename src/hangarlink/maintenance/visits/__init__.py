"""Workshop visits: when an aircraft is in the hangar, so that nobody else plans with it."""
