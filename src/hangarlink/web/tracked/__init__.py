"""Pages of items tracked elsewhere: their place in the due list, an item opened, how old a partner's word may get."""
