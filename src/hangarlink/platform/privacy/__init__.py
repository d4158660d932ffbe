"""A person's data across all rooms: export it, erase it, and say what a regulation keeps.

Each room says what it holds in a module `privacy.py` (see `registry`); this one puts it together, as a list first,
which is the dry run, and only then does it.
"""
