"""Notifications: which events are told to whom, through a connection that carries messages, at once or as a digest.

Nothing is lost and nothing told twice: an event becomes at most one entry per rule (a unique pair in the database),
made in the transaction that takes it from the outbox. Texts are made from ids when a message is sent, so a stored
message holds no name and no text of anybody's. (`wording` therefore reads the domain, as integration.datasets does.)
"""
