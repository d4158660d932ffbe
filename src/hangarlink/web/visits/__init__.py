"""Workshop visits, planned on an aircraft's page."""
