"""Where partners send their webhooks. For programs: no session, no page."""
