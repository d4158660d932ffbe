"""Pages of webhooks: endpoints and what they were sent, the event catalogue, addresses for what partners send."""
