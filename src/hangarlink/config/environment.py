"""What the installation takes from the environment and keeps in its data directory."""

import os
import secrets
from functools import cache
from pathlib import Path

from hangarlink.platform.database import embedded, roles


def data_dir() -> Path:
    """HANGARLINK_DATA_DIR, or `var` in the current directory. Created on first use, readable by its owner only."""
    path = Path(os.environ.get("HANGARLINK_DATA_DIR", "var")).resolve()
    if not path.exists():
        path.mkdir(parents=True, mode=0o711)
    return path


@cache
def secret_key() -> str:
    """SECRET_KEY, or one made on first use and kept in the data directory."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    file = data_dir() / "secret.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text().strip()


def prepare_database() -> None:
    """Make sure there is a server to talk to, before Django reads its settings.

    Sets DATABASE_URL (the owner) and HANGARLINK_APP_DATABASE_URL (the role that serves) for this process and its
    children; an installation that sets both beforehand is left alone.
    """
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = embedded.start(data_dir())
    owner = os.environ["DATABASE_URL"]
    if not os.environ.get("HANGARLINK_APP_DATABASE_URL"):
        app_url = roles.application_url(owner, secret_key())
        roles.ensure_application_role(owner, app_url)
        os.environ["HANGARLINK_APP_DATABASE_URL"] = app_url


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word for word in os.environ.get(name, default).replace(",", " ").split() if word]
