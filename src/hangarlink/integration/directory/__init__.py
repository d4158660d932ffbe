"""Every partner of the hub by category: those with a connector, and honestly those without one yet."""
