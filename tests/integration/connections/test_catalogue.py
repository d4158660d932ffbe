"""Connectors of other packages: found, held to the contract, and kept from doing harm by being broken."""

from pathlib import Path

import pytest

from hangarlink.integration.connections.catalogue import BUILT_IN, connector_of, connectors, unusable
from hangarlink.integration.connections.dialling import open_line
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import OLDEST, VERSION
from hangarlink.platform.errors import Missing
from tests.integration.connections.conftest import install
from tests.integration.connections.partner import CONNECTOR


def test_ours_are_there() -> None:
    assert len(connectors()) >= len(BUILT_IN)
    assert unusable() == []
    with pytest.raises(Missing, match="There is no connector named nobody"):
        connector_of("nobody")


def test_a_package_of_somebody_else_is_found(acme: None) -> None:
    assert connector_of("acme").manifest.name == "Acme"
    assert unusable() == []


@pytest.mark.parametrize(
    ("source", "attribute", "reason"),
    [
        ("raise RuntimeError('boom')", "Acme", "RuntimeError: boom"),
        ("import nowhere_to_be_found", "Acme", "ModuleNotFoundError"),
        ("x = (", "Acme", "SyntaxError"),
        ("Acme = 7", "Acme", "no connector class"),
        ("class Acme: pass", "Acme", "no connector class"),
        ("pass", "Acme", "AttributeError"),
        (CONNECTOR.replace('key="acme"', 'key="flightlogger"'), "Acme", "key flightlogger already"),
        (CONNECTOR.replace('key="acme"', 'key="Not A Key"'), "Acme", "ValueError"),
        (CONNECTOR.replace("Directions.PULL", "Directions.BOTH"), "Acme", "declares pull"),
        (CONNECTOR.replace("Manifest(", f"Manifest(contract={VERSION + 1}, "), "Acme", f"version {VERSION + 1}"),
        (CONNECTOR.replace("Manifest(", f"Manifest(contract={OLDEST - 1}, "), "Acme", f"version {OLDEST - 1}"),
    ],
)
def test_a_broken_one_is_left_out_and_says_why(site: Path, source: str, attribute: str, reason: str) -> None:
    install(site, "broken_connector", source, attribute)
    install(site, "good_connector", CONNECTOR, "Acme")
    assert set(connectors()) >= {"flightlogger", "acme"}
    assert connectors()["flightlogger"].__module__ == "hangarlink.connectors.flightlogger"
    (told,) = unusable()
    assert told.name == "broken_connector (broken_connector)"
    assert reason in told.reason


def test_two_of_the_same_key_are_one(site: Path) -> None:
    install(site, "a_connector", CONNECTOR, "Acme")
    install(site, "b_connector", CONNECTOR, "Acme")
    assert connectors()["acme"].__module__ == "a_connector"
    assert [one.name for one in unusable()] == ["b_connector (b_connector)"]


def test_a_connection_whose_connector_was_uninstalled_is_named(acting: object, account: object) -> None:
    orphan = Connection(account=account, connector="gone", name="Gone", identity_key="x", identity_name="x")
    with pytest.raises(Missing, match="no connector named gone"):
        open_line(orphan)
