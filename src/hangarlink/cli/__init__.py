"""The `hangarlink` command: everything an operator automates."""
