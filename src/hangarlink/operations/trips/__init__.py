"""Trips: what is flown for whom, with which aircraft, leg by leg."""
