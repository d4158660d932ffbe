"""A partner's chart of accounts, and which of its accounts each of our categories is booked to."""
