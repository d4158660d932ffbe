"""The commercial side: customers, trips, billing. Beside maintenance; neither imports the other."""
