"""Aircraft models, aircraft, counters and usage: the noun that every other room shares."""
