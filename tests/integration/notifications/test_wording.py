"""Every event of the catalogue can be told, with names where there are any and a link that leads somewhere."""

import dataclasses
import re
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints
from uuid import UUID, uuid4

import pytest
from django.urls import resolve, reverse

from hangarlink.integration.notifications.catalogue import label_of, rooms
from hangarlink.integration.notifications.wording import Line, digest_text, lines
from hangarlink.integration.notifications.wording.names import BY_FIELD
from hangarlink.integration.notifications.wording.sentences import LINKS, SENTENCES
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.events.registry import CATALOGUE
from hangarlink.platform.tenancy.models import Account
from tests.integration.notifications.conftest import Post

TYPES = sorted(type for type in CATALOGUE if not type.startswith("test"))


def some(hint: Any) -> Any:
    """A value as it stands in the outbox."""
    kinds = get_args(hint) or (hint,)
    if UUID in kinds:
        return str(uuid4())
    return None if type(None) in kinds else 3 if int in kinds else [] if hint is tuple else "some_code"


def example(type: str, account: Account, **given: Any) -> OutboxEvent:
    cls = CATALOGUE[type]
    hints = get_type_hints(cls)
    data = {field.name: some(hints[field.name]) for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return OutboxEvent(account=account, type=type, data={**data, **given}, at=datetime.now(UTC))


@pytest.mark.parametrize("type", TYPES)
def test_everything_can_be_told_even_when_it_is_gone(acting: Account, type: str) -> None:
    (line,) = lines([example(type, acting)], with_details=True)
    assert line.sentence
    assert "{" not in line.sentence
    assert "_" not in line.sentence
    assert resolve(line.path)


def test_sentences_name_only_what_their_event_holds() -> None:
    for type, sentence in SENTENCES.items():
        fields = set(CATALOGUE[type].names)
        for word in re.findall(r"{(\w+)}", sentence):
            assert word in fields or f"{word}_id" in fields & BY_FIELD.keys(), f"{type}: {word}"


def test_links_lead_somewhere() -> None:
    for _, _, url, argument in LINKS:
        assert reverse(url, kwargs={argument: uuid4()})


def test_every_event_stands_in_one_room_with_a_label() -> None:
    told = [choice for _, choices in rooms() for choice in choices]
    assert sorted(choice.type for choice in told) == sorted(CATALOGUE)
    assert all(choice.label == label_of(choice.type) and choice.label[0].isupper() for choice in told)


def test_names_are_read_set_wise(post: Post, django_assert_max_num_queries: "pytest.FixtureRequest") -> None:
    events = [
        example(type, post.account, aircraft_id=str(post.aircraft.pk))
        for type in TYPES
        if "aircraft_id" in CATALOGUE[type].names
    ] * 5
    with django_assert_max_num_queries(len(BY_FIELD) + 4):  # type: ignore[operator]
        told = lines(events, with_details=True)
    assert all("OY-SKA" in line.sentence for line in told if "{aircraft}" in SENTENCES.get(line.type, ""))


def test_a_digest_puts_events_under_their_rooms(post: Post) -> None:
    events = [example(type, post.account) for type in ("sync.failed", "defect.reported", "invoice.paid")]
    text = digest_text(post.account, lines(events), name="Morning", total=3)
    assert text.title == "Skyline Flight School: 3 events, Morning"
    for room in ("Integrations", "Defects", "Billing"):
        assert f"{room}\n- " in text.body


def test_a_digest_that_would_be_too_long_counts_what_it_leaves_out(post: Post) -> None:
    line = Line("defect.reported", datetime.now(UTC), "OY-SKA: defect 1 reported", "/", "x" * 500)
    text = digest_text(post.account, [line] * 100, name="Morning", total=130)
    shown = text.body.count("- ")
    assert 10 < shown < 20
    assert text.body.endswith(f"And {130 - shown} more.")
    assert len(text.body) < 10_000
