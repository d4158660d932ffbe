"""How an installation is put together: settings, URLs, the database it talks to."""
