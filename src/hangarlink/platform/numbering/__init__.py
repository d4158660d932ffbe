"""Numbers that people say: one series per kind of thing and account, counting up without gaps."""
