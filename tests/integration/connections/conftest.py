"""A connector of somebody else, installed as a package of its own; and its partner, on a real socket."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hangarlink.integration.connections.catalogue import connectors
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.authorising import begin_authorisation, finish_authorisation
from hangarlink.integration.connections.oauth.partner_apps import set_partner_app
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from tests.integration.connections.partner import CLIENT_ID, CLIENT_SECRET, CONNECTOR, Partner, Serving


def install(folder: Path, name: str, source: str, attribute: str) -> None:
    """What `pip install` leaves behind: a package, and its metadata with an entry point."""
    (folder / f"{name}.py").write_text(source)
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[hangarlink.connectors]\n{name} = {name}:{attribute}\n")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """A folder that Python looks for packages in, until the test ends."""
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    connectors.cache_clear()
    yield tmp_path
    sys.path.remove(str(tmp_path))
    for name in [name for name, module in sys.modules.items() if str(tmp_path) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]
    importlib.invalidate_caches()
    connectors.cache_clear()


@pytest.fixture
def acme(site: Path) -> None:
    install(site, "acme_connector", CONNECTOR, "Acme")


@pytest.fixture
def partner() -> Iterator[Partner]:
    made = Partner()
    serving = Serving(made)
    yield made
    serving.stop()


@pytest.fixture
def app(acme: None, acting: Account, acting_user: Actor) -> None:
    """The account's own app at the partner."""
    set_partner_app(connector="acme", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=acting_user)


def authorise(
    account: Account, partner: Partner, acting_user: Actor, *, realm: str = "r-1", **more: object
) -> Connection:
    """The whole way: to the consent page and back."""
    link = begin_authorisation(connector="acme", base_url=partner.url, acting_user=acting_user, **more)  # type: ignore[arg-type]
    back = partner.consent(link, realm=realm)
    return finish_authorisation(
        account, state=back.pop("state"), code=Secret(back.pop("code")), params=back, acting_user=acting_user
    )


@pytest.fixture
def authorised(app: None, acting: Account, partner: Partner, acting_user: Actor) -> Connection:
    return authorise(acting, partner, acting_user)
