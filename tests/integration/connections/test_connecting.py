"""Connecting: proven before it is saved, the key never seen again, one partner account once."""

from datetime import date

import pytest

from hangarlink.integration.connections.actions import (
    change_connection,
    create_connection,
    disconnect,
    pause_connection,
    resume_connection,
    secret_of,
)
from hangarlink.integration.connections.actions import (
    test_connection as prove_again,
)
from hangarlink.integration.connections.models import Connection, Link, Stream
from hangarlink.integration.connections.proving import Unproven
from hangarlink.integration.connections.schedules import SCHEDULED_TASK, set_frequency
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.vocabulary import Flow, State
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.outbound import UrlRefused
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.models import Account, Feature
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.flightlogger import DEMO_KEY, World
from hangarlink.sandbox.flightlogger.records import ApiKey
from hangarlink.sandbox.serve import Serving, serve
from tests.integration.conftest import Hub, furnish


def connect(serving: Serving, acting_user: Actor, key: str = DEMO_KEY, **more: object) -> Connection:
    given = {"connector": "flightlogger", "secret": Secret(key), "base_url": serving.endpoint} | more
    return create_connection(**given, acting_user=acting_user)  # type: ignore[arg-type]


def test_a_connection_has_a_stream_per_flow_and_no_schedule(connection: Connection) -> None:
    assert connection.name == "Skyline Flight School"
    streams = Stream.objects.filter(connection=connection)
    assert {stream.flow for stream in streams} >= {"aircraft", "hours_cycles"}
    assert len({(stream.flow, stream.direction) for stream in streams}) == len(streams)
    assert not any(stream.is_enabled or stream.every_seconds for stream in streams)
    assert not Schedule.objects.exists(), "nothing activates by itself"


@pytest.mark.parametrize(
    ("key", "field", "code", "message"),
    [
        ("wrong", "secret", "auth_failed", "refuses the credentials"),
        ("student", "secret", "not_ready", "may not see the aircraft's logs"),
    ],
)
def test_a_key_that_does_not_do_is_not_saved(
    acting: Account, acting_user: Actor, serving: Serving, key: str, field: str, code: str, message: str
) -> None:
    with pytest.raises(Unproven, match=message) as refused:
        connect(serving, acting_user, key)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not Connection.objects.exists()


@pytest.mark.parametrize("key", ["", "two words", "new\nline", "schlüssel", "x" * 5000, "\x00"])
def test_what_no_key_looks_like_is_refused_before_it_is_sent(
    acting: Account, acting_user: Actor, serving: Serving, key: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        connect(serving, acting_user, key)
    assert refused.value.field == "secret"
    assert key not in str(refused.value) or not key
    assert not serving.journal.entries()


@pytest.mark.parametrize(
    "url",
    [
        "http://10.1.2.3/graphql",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:8090/graphql",
        "http://2130706433/graphql",
        "http://[::ffff:7f00:1]/graphql",
        "ftp://api.flightlogger.net/graphql",
        "https://user:pass@api.flightlogger.net/graphql",
        "file:///etc/passwd",
        "nonsense",
    ],
)
def test_endpoints_that_may_not_be_called(acting: Account, acting_user: Actor, serving: Serving, url: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        connect(serving, acting_user, base_url=url)
    assert refused.value.field == "base_url"
    assert not Connection.objects.exists()


def test_a_silent_endpoint_is_named(acting: Account, acting_user: Actor, serving: Serving) -> None:
    serving.stop()
    with pytest.raises(Unproven) as refused:
        connect(serving, acting_user)
    assert refused.value.code in {"unreachable", "busy"}


def test_the_key_is_in_the_vault_and_nowhere_else(connection: Connection) -> None:
    assert secret_of(connection).reveal() == DEMO_KEY
    assert DEMO_KEY not in repr(connection.__dict__)
    assert DEMO_KEY not in repr(secret_of(connection))
    assert not any(DEMO_KEY in f"{entry.old}{entry.new}" for entry in AuditEntry.objects.all())


def test_the_same_partner_account_is_connected_once(
    connection: Connection, serving: Serving, acting_user: Actor
) -> None:
    with pytest.raises(RuleBroken, match="connected already, as Skyline Flight School"):
        connect(serving, acting_user, name="Again")


def test_connecting_again_takes_up_links_and_recognises_every_flight(hub: Hub) -> None:
    hub.fly()
    hub.sync()
    disconnect(hub.connection, acting_user=hub.acting_user)
    with pytest.raises(Missing):
        secret_of(hub.connection)
    with pytest.raises(RuleBroken, match="disconnected"):
        hub.request()
    again = connect(hub.serving, hub.acting_user)
    assert again.id == hub.connection.id
    hub.connection = again
    run = hub.sync(full=True)
    assert (run.created, run.unchanged, hub.flights()) == (0, 1, 1)
    assert Link.objects.filter(state="linked").count() == 1


def test_a_key_of_another_partner_account_is_refused(hub: Hub, acting_user: Actor) -> None:
    other = World(now=hub.world.now(), recipe=furnish, subdomain="other", company="Other School")
    other.keys = [ApiKey("other-key", 1)]
    with serve(world=hub.world, others=[other]) as both:
        with pytest.raises(RuleBroken, match="belongs to Other School"):
            change_connection(
                hub.connection, base_url=both.endpoint, secret=Secret("other-key"), acting_user=acting_user
            )
        change_connection(hub.connection, base_url=both.endpoint, name="Skyline", acting_user=acting_user)
    hub.connection.refresh_from_db()
    assert (hub.connection.name, hub.connection.base_url) == ("Skyline", both.endpoint)
    assert secret_of(hub.connection).reveal() == DEMO_KEY


def test_a_refused_change_changes_nothing(hub: Hub, acting_user: Actor) -> None:
    before = hub.connection.base_url
    with pytest.raises(Unproven):
        change_connection(hub.connection, name="New", secret=Secret("wrong"), acting_user=acting_user)
    hub.connection.refresh_from_db()
    assert (hub.connection.name, hub.connection.base_url) == ("Skyline Flight School", before)
    assert secret_of(hub.connection).reveal() == DEMO_KEY


def test_pausing_stops_and_resuming_goes_on(hub: Hub, acting_user: Actor) -> None:
    pause_connection(hub.connection, acting_user=acting_user)
    hub.connection.refresh_from_db()
    with pytest.raises(RuleBroken, match="paused"):
        hub.request()
    resume_connection(hub.connection, acting_user=acting_user)
    assert hub.sync().state == State.SUCCEEDED


def test_disconnecting_ends_schedules(hub: Hub, acting_user: Actor) -> None:
    hub.sync(dry_run=True)
    set_frequency(hub.stream(), "hourly", acting_user=acting_user)
    assert Schedule.objects.filter(task=SCHEDULED_TASK).count() == 1
    disconnect(hub.connection, acting_user=acting_user)
    assert not Schedule.objects.filter(task=SCHEDULED_TASK).exists()


def test_a_schedule_needs_a_plan_first(hub: Hub, acting_user: Actor) -> None:
    with pytest.raises(RuleBroken, match="dry run"):
        set_frequency(hub.stream(), "hourly", acting_user=acting_user)
    with pytest.raises(RuleBroken, match="not a frequency"):
        set_frequency(hub.stream(), "weekly", acting_user=acting_user)


def test_a_switched_off_feature_connects_and_runs_nothing(hub: Hub, serving: Serving, acting_user: Actor) -> None:
    run = hub.request()
    hub.account.features = [Feature.OAUTH_API]
    hub.account.save()
    with pytest.raises(RuleBroken, match="switched off"):
        request_run(hub.connection, Flow.AIRCRAFT, acting_user=acting_user, skip_plan=True)
    with pytest.raises(RuleBroken, match="switched off"):
        connect(serving, acting_user)
    hub.drain()
    run.refresh_from_db()
    assert run.state == State.STOPPED


def test_flights_before_a_date_are_not_asked_for(acting: Account, serving: Serving, acting_user: Actor) -> None:
    connection = connect(serving, acting_user, import_since=date(2026, 11, 1))
    hub = Hub(acting, connection, serving, acting_user)
    hub.sync()
    asked = [entry["variables"] for entry in serving.journal.entries() if entry["operation"] == "Flights"]
    assert asked[0]["from"] == "2026-11-01T00:00:00Z"


def test_proving_again_uses_the_stored_key(hub: Hub, acting_user: Actor) -> None:
    assert prove_again(hub.connection, acting_user=acting_user).key == "demo"
    hub.serving.faults.add("unauthorized")
    with pytest.raises(Unproven):
        prove_again(hub.connection, acting_user=acting_user)


def test_every_action_asks_for_its_permission(hub: Hub, serving: Serving) -> None:
    viewer = Actor(ActorKind.PERSON, None, "Kim", frozenset({"integrations.view", "integrations.manage_sync"}))
    editor = Actor(ActorKind.PERSON, None, "Kim", frozenset({"integrations.view", "integrations.edit"}))
    for action in (
        lambda: connect(serving, viewer),
        lambda: change_connection(hub.connection, name="x", acting_user=viewer),
        lambda: disconnect(hub.connection, acting_user=viewer),
        lambda: pause_connection(hub.connection, acting_user=editor),
        lambda: resume_connection(hub.connection, acting_user=editor),
        lambda: prove_again(hub.connection, acting_user=editor),
        lambda: set_frequency(hub.stream(), "hourly", acting_user=editor),
    ):
        with pytest.raises(NotPermitted):
            action()
