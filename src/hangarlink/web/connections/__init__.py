"""Pages of connections: connect FlightLogger, how it is doing, which aircraft and counter is which."""
