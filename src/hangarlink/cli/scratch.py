"""A fresh installation in a temporary directory, gone afterwards: for the headless demo and for benchmarks."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hangarlink.cli import boot

OURS = ("DATABASE_URL", "HANGARLINK_APP_DATABASE_URL", "SECRET_KEY", "HANGARLINK_VAULT_KEYS")


@contextmanager
def installation() -> Iterator[Path]:
    """Load Django on a new, migrated, empty installation. Once per process: Django is loaded once.

    The partner sandbox listens on loopback, so loopback is on this installation's outbound allow-list.
    """
    for name in OURS:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="hangarlink-", ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        home.chmod(0o711)
        os.environ["HANGARLINK_DATA_DIR"] = directory
        os.environ["HANGARLINK_OUTBOUND_ALLOW"] = "127.0.0.0/8"
        boot.django()
        importlib.import_module("hangarlink.cli.migrate").migrate(quiet=True)
        try:
            yield home
        finally:
            importlib.import_module("django.db").connections.close_all()
            importlib.import_module("hangarlink.platform.database.embedded").stop(home)
