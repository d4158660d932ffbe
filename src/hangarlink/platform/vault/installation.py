"""The key ring of this installation: the only place of this package that reads Django's settings."""

from functools import cache
from pathlib import Path

from django.conf import settings

from hangarlink.platform.vault.keyring import Keys


def installed_keys() -> Keys:
    """Where this installation's keys are: HANGARLINK_VAULT_KEYS, or vault.keys in HANGARLINK_DATA_DIR."""
    return _keys(Path(settings.HANGARLINK_DATA_DIR))


@cache
def _keys(data_dir: Path) -> Keys:
    return Keys(data_dir)
