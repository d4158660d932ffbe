"""From an event to a message in the right channel: at once, by aircraft, as a digest; never lost, never twice."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hangarlink.integration.notifications.actions import change_rule, remove_rule, send_test
from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.models import Entry, Kind, Message, Rule, State
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import Follower, OutboxEvent
from hangarlink.platform.jobs.models import Schedule
from tests.conftest import make_member
from tests.integration.conftest import add_ours
from tests.integration.notifications.conftest import Post

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_an_event_becomes_one_message_in_its_channel(post: Post) -> None:
    post.rule()
    defect = post.report()
    assert post.tell() == 1
    (sent,) = post.workspace.messages
    assert sent.channel == "C0DEFEC03"
    assert f"OY-SKA: defect {defect.number} reported" in sent.text
    assert f"http://demo.localhost:8000/defects/{defect.pk}/" in sent.text
    assert "brake" not in sent.text, "what people typed stays here unless the rule asks for it"
    assert post.tell() == 0
    assert len(post.workspace.messages) == 1
    assert post.only_message().external_id == f"C0DEFEC03:{sent.ts}"


def test_details_only_where_the_rule_asks_for_them(post: Post) -> None:
    post.rule(with_details=True)
    post.report("Left brake soft, see <Jens> & <!channel>")
    post.tell()
    assert "Left brake soft, see &lt;Jens&gt; &amp; &lt;!channel&gt;" in post.texts[0]


def test_only_chosen_events_and_aircraft(post: Post) -> None:
    other = add_ours(post.acting_user, "OY-SKB")
    post.rule(aircraft=[other.pk])
    post.rule("Everything about SKA", channel="C0MAINT01", aircraft=[post.aircraft.pk], event_types=["defect.closed"])
    post.report()
    post.report("Oil leak", other)
    assert post.tell() == 1
    assert "OY-SKB" in post.texts[0]


def test_two_rules_tell_the_same_event_each_once(post: Post) -> None:
    post.rule()
    post.rule("Also here", channel="C0MAINT01")
    post.report()
    assert post.tell() == 2
    assert {message.channel for message in post.workspace.messages} == {"C0DEFEC03", "C0MAINT01"}


def test_news_that_come_again_make_nothing_new(post: Post) -> None:
    from hangarlink.integration.notifications.matching import enter
    from hangarlink.platform.events.following import Told

    post.rule()
    post.report()
    take_news(post.account)
    event = OutboxEvent.objects.get(type="defect.reported")
    enter([Told(event.id, event.type, event.at, event.data)] * 1)
    assert Message.objects.count() == Entry.objects.count() == 1


def test_a_page_of_events_takes_a_handful_of_statements(
    post: Post, django_assert_max_num_queries: "pytest.FixtureRequest"
) -> None:
    post.rule()
    for number in range(30):
        post.report(f"Finding {number}")
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        take_news(post.account)
    assert Message.objects.count() == 30


def test_a_digest_tells_everything_once_at_its_hour(post: Post) -> None:
    with time_machine.travel(FRIDAY, tick=False) as clock:
        post.rule(cadence="daily", hour=6)
        first, second = post.report("One"), post.report("Two")
        assert post.tell() == 0
        message = post.only_message()
        assert (message.kind, message.due_at) == (Kind.DIGEST, datetime(2026, 11, 21, 6, 0, tzinfo=UTC))
        assert Schedule.objects.get(subject_id=post.connection.id).every_seconds == 900
        clock.move_to(message.due_at)
        assert post.send() == 1
        (text,) = post.texts
        assert "2 events" in text
        assert text.index(f"defect {first.number} ") < text.index(f"defect {second.number} ")
        assert not Schedule.objects.filter(subject_id=post.connection.id).exists(), "nothing waits, nothing runs"
        clock.move_to(message.due_at + timedelta(days=2))
        assert post.tell() == 0, "a period without events has no digest"


def test_what_happens_after_a_digest_stands_in_the_next(post: Post) -> None:
    with time_machine.travel(FRIDAY, tick=False) as clock:
        post.rule(cadence="daily")
        post.report("One")
        take_news(post.account)
        clock.move_to(FRIDAY + timedelta(days=1))
        post.send()
        post.report("Two")
        take_news(post.account)
        assert sorted(Message.objects.values_list("state", flat=True)) == [State.SENT, State.WAITING]


def test_a_long_digest_counts_the_rest(post: Post) -> None:
    from hangarlink.maintenance.defects.events import DefectReported
    from hangarlink.platform.events.actions import announce_many

    with time_machine.travel(FRIDAY, tick=False) as clock:
        post.rule(cadence="weekly")
        defect = post.report()
        announce_many([DefectReported(defect.pk, post.aircraft.pk) for _ in range(149)])
        take_news(post.account)
        clock.move_to(FRIDAY + timedelta(days=3))
        post.send()
    assert "150 events" in post.texts[0]
    assert "And 50 more." in post.texts[0]


def test_a_test_message_says_so(post: Post) -> None:
    rule = post.rule(event_types=["sync.failed"])
    send_test(rule, acting_user=post.acting_user)
    assert post.send() == 1
    assert "This is a test" in post.texts[0]


def test_a_paused_rule_tells_nothing(post: Post) -> None:
    rule = post.rule()
    change_rule(rule, is_active=False, acting_user=post.acting_user)
    post.report()
    assert post.tell() == 0
    change_rule(rule, is_active=True, acting_user=post.acting_user)
    assert post.tell() == 0, "what happened meanwhile was not wanted"


def test_without_rules_nothing_is_followed(post: Post) -> None:
    rule = post.rule()
    assert Follower.objects.exists()
    remove_rule(rule, acting_user=post.acting_user)
    assert not Follower.objects.exists()
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"name": "  "}, "name", "name"),
        ({"event_types": []}, "event_types", "at least one"),
        ({"event_types": ["defect.exploded"]}, "event_types", "defect.exploded"),
        ({"channel": "#defects"}, "channel", "C0123ABCD"),
        ({"cadence": "hourly"}, "cadence", "hourly"),
        ({"hour": 24}, "hour", "24"),
    ],
)
def test_refusals_name_the_field(post: Post, given: dict[str, object], field: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as refused:
        post.rule(**{"name": "Defects", **given})  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not Rule.objects.exists()


def test_a_name_is_taken_once(post: Post) -> None:
    post.rule()
    with pytest.raises(RuleBroken, match="already"):
        post.rule()


def test_rights_and_trail(post: Post) -> None:
    reader = make_member(post.account, "notifications.view", email="reader@example.com").actor()
    with pytest.raises(NotPermitted):
        post.rule(acting_user=reader)
    rule = post.rule()
    with pytest.raises(NotPermitted):
        send_test(rule, acting_user=reader)
    with pytest.raises(NotPermitted):
        remove_rule(rule, acting_user=reader)
    entry = AuditEntry.objects.get(object_type="notification_rule", action="added")
    assert entry.new["event_types"] == ["defect.rectified", "defect.reported"]
    assert "C0DEFEC03" not in str(entry.new)
