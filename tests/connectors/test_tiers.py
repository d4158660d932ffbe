"""Every connector keeps what its tier promises; docs/integrator/connector-contract.md has the list in words.

What can be tried is tried on all of them here, against a server that answers nonsense; what cannot (that a sandbox and
tests of its own exist, and that they name every fault) is looked up.
"""

import ast
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hangarlink.integration.connections.catalogue import BUILT_IN, connectors
from hangarlink.integration.contract import (
    VERSION,
    AuthFailed,
    AuthKind,
    Connector,
    Dataset,
    Directions,
    FieldKind,
    Frequency,
    Page,
    PartnerError,
    RateLimited,
    Tier,
    Transport,
)
from hangarlink.integration.trying import PutOff, Trial
from tests.connectors.hostile import NONSENSE, Hostile

ROOT = Path(__file__).parents[2]
CANARY = "canary-0123456789-secret"
OURS = [connector for connector in connectors().values() if connector.__module__.startswith("hangarlink.")]
# How tests of a silver connector speak of the rows of the retry table, and of a lost answer: in the contract's words,
# in the sync log's codes, or by the names of its sandbox's faults.
FAULTS = {
    "refused credentials": ("AuthFailed", "auth_failed", "invalid_auth", "unauthorized", "535"),
    "a rate limit": ("RateLimited", "rate_limited", "ratelimited", "429"),
    "trouble on the partner's side": ("ServerTrouble", "server_trouble", "Malformed", "server_error", "451", "503"),
    "refused data": ("DataError", "data_error", "channel_not_found", "refused", "550"),
    "a lost answer": ("may_have_arrived", "was_there", "lost", "is_repeat"),
}


def family(connector: type[Connector]) -> str:
    """The folder that a connector shares with its kin: the tracker's profiles are one."""
    return connector.__module__.removeprefix("hangarlink.connectors.").split(".", maxsplit=1)[0]


def named(connector: type[Connector]) -> str:
    return connector.manifest.key


def http_auth(connector: type[Connector]) -> Any:
    return next((auth for auth in connector.manifest.auths if auth.transport is Transport.HTTP), None)


HTTP = [connector for connector in OURS if http_auth(connector) is not None]


@pytest.mark.parametrize("connector", OURS, ids=named)
def test_its_manifest_tells_people_what_they_need(connector: type[Connector]) -> None:
    manifest = connector.manifest
    assert manifest.contract <= VERSION
    assert manifest.about.endswith("."), "a sentence for the directory"
    assert manifest.docs, "name the page that describes it"
    assert manifest.frequencies[-1] or Frequency.MANUAL in manifest.frequencies
    assert Frequency.MANUAL in manifest.frequencies, "whoever wants it only by hand must find that"
    for auth in manifest.auths:
        for field in auth.fields:
            assert field.label
            assert field.is_secret or field.kind is not FieldKind.LONG_TEXT or field.name != "private_key"
    if manifest.inbound is not None:
        assert Frequency.REAL_TIME in manifest.frequencies, "a partner that tells us makes real time possible"


@pytest.mark.parametrize("connector", OURS, ids=named)
def test_its_pages_and_tests_are_there(connector: type[Connector]) -> None:
    assert (ROOT / f"docs/{connector.manifest.docs}.md").is_file(), f"docs/{connector.manifest.docs}.md"
    sandboxes = {"email": "mail"}
    sandbox = ROOT / "src/hangarlink/sandbox" / sandboxes.get(family(connector), family(connector))
    assert (sandbox / "__init__.py").is_file(), sandbox
    assert list(written_about(connector)), "tests of its own"


@pytest.mark.parametrize("connector", [one for one in OURS if one.manifest.tier is not Tier.BRONZE], ids=named)
def test_silver_and_gold_have_tests_of_every_fault(connector: type[Connector]) -> None:
    spoken = "\n".join(written_about(connector))
    speaks_http = http_auth(connector) is not None
    wanted = {fault: words for fault, words in FAULTS.items() if speaks_http or fault != "a rate limit"}
    missing = [fault for fault, words in wanted.items() if not any(word in spoken for word in words)]
    assert not missing, f"no test of {connector.manifest.key} speaks of {missing}"


def written_about(connector: type[Connector]) -> Iterator[str]:
    """Test files that import the connector or its sandbox."""
    wanted = (f"hangarlink.connectors.{family(connector)}", f"hangarlink.sandbox.{family(connector)}")
    if family(connector) == "email":
        wanted = (*wanted, "hangarlink.sandbox.mail")
    for file in (ROOT / "tests").rglob("*.py"):
        text = file.read_text()
        if any(name in text for name in wanted) and _imports(text, wanted):
            yield text


def _imports(text: str, wanted: tuple[str, ...]) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith(wanted)
        for node in ast.walk(ast.parse(text))
    )


# --- what is tried -------------------------------------------------------------------------------------------------


def trial(connector: type[Connector], url: str) -> Trial:
    auth = http_auth(connector)
    secrets = {field.name: CANARY for field in auth.fields if field.is_secret} | {"access_token": CANARY}
    access = {field.name: "kim" for field in auth.fields if not field.is_secret}
    options = {one.name: one.default for one in connector.manifest.options}
    known = {"realmId": "1", "team_id": "T1", "team_name": "T"}
    return Trial(
        connector, url, secrets=secrets, access=access, options=options | known, auth_kind=auth.kind, deadline=3
    )


def pulled(connector: type[Connector]) -> list[Dataset]:
    return [dataset for dataset, way in connector.manifest.datasets.items() if way is not Directions.PUSH]


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("connector", HTTP, ids=named)
def test_nonsense_proves_nothing_and_repeats_no_secret(connector: type[Connector], nonsense: str) -> None:
    """Whatever comes back, it is one of the contract's errors, and none of them says what was sent."""
    with Hostile(NONSENSE[nonsense]) as hostile, trial(connector, hostile.url) as tried:
        failure = tried.failure()
        if failure is None:
            assert connector.manifest.key == "model_source", "its proof is that a list can be read"
            assert nonsense in {"a list", "a list of nulls"}
            return
        assert isinstance(failure, PartnerError)
        for text in (str(failure), repr(failure), failure.detail):
            assert CANARY not in text
        assert hostile.calls <= 8
        assert sum(tried.waits.seconds) <= 60


@pytest.mark.parametrize("nonsense", [name for name in NONSENSE if name not in {"300 MB", "hangs up"}])
@pytest.mark.parametrize("connector", HTTP, ids=named)
def test_nonsense_is_pulled_by_nobody(connector: type[Connector], nonsense: str) -> None:
    """An error of the contract, or a pull that brings nothing; never a record that was made up."""
    for dataset in pulled(connector):
        with Hostile(NONSENSE[nonsense]) as hostile, trial(connector, hostile.url) as tried:
            pages: list[Page[Any]] = []
            with contextlib.suppress(PartnerError):
                pages = tried.pages(dataset)
            assert not [record for page in pages for record in page.records]
            assert not [gone for page in pages for gone in page.deleted]


@pytest.mark.parametrize("connector", HTTP, ids=named)
def test_a_refused_key_is_a_refused_key(connector: type[Connector]) -> None:
    with Hostile(NONSENSE["401"]) as hostile, trial(connector, hostile.url) as tried:
        assert isinstance(tried.failure(), AuthFailed)
        assert tried.waits.seconds == [], "nothing is repeated with a key that is refused"


@pytest.mark.parametrize("connector", HTTP, ids=named)
def test_hours_of_waiting_give_the_worker_back(connector: type[Connector]) -> None:
    with Hostile(NONSENSE["429 for hours"]) as hostile, trial(connector, hostile.url) as tried:
        failure = tried.failure()
        assert isinstance(failure, PutOff)
        assert failure.seconds == 7200
        assert failure.cause_code == RateLimited.code
        assert tried.waits.seconds == []


def test_every_connector_of_ours_is_looked_at() -> None:
    assert len(OURS) == len(BUILT_IN)
    assert {auth.kind for one in OURS for auth in one.manifest.auths} >= {
        AuthKind.API_KEY,
        AuthKind.OAUTH_CODE,
        AuthKind.SMTP,
        AuthKind.SFTP,
        AuthKind.FOLDER,
    }
