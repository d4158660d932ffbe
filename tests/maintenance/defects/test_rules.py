"""The steps of a defect, and when two reports are of one defect."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.defects import rules
from hangarlink.maintenance.defects.rules import Known, MatchedBy, Report, Status, find_match
from hangarlink.platform.errors import RuleBroken

DAY = date(2026, 6, 3)
KEY = rules.description_key("Nose wheel shimmy")


def report(**changed: object) -> Report:
    return Report(**{"source": "api:a", "external_id": "FL-1", "key": KEY, "reported_on": DAY, **changed})  # type: ignore[arg-type]


def known(number: int = 1, status: Status = Status.OPEN, **changed: object) -> Known:
    told = {"source": "api:a", "external_id": "FL-1", "key": KEY, "reported_on": DAY, **changed}
    return Known(**told, id=UUID(int=number), status=status)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nose wheel shimmy", "nose  wheel\nSHIMMY."),
        ("Dørhåndtag løs", "DØRHÅNDTAG LØS"),
        ("Oil leak", "Oil leak"),
    ],
)
def test_case_blanks_and_closing_punctuation_do_not_matter(one: str, other: str) -> None:
    assert rules.description_key(one) == rules.description_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Alternator +5 V", "Alternator -5 V"), ("Left brake", "Right brake"), ("Leak", "Leak?")]
)
def test_what_is_written_matters(one: str, other: str) -> None:
    assert rules.description_key(one) != rules.description_key(other)


@pytest.mark.parametrize(
    ("candidate", "by"),
    [
        (known(), MatchedBy.EXTERNAL_ID),
        # The same name again, whatever became of it and whatever it says now.
        (known(status=Status.CLOSED, key="other", reported_on=date(2026, 1, 1)), MatchedBy.EXTERNAL_ID),
        # The same words on the same day, from somewhere else or without a name.
        (known(source="manual", external_id=""), MatchedBy.DESCRIPTION),
        (known(source="api:b", external_id="77"), MatchedBy.DESCRIPTION),
        (known(status=Status.DEFERRED, external_id=""), MatchedBy.DESCRIPTION),
        # A name means nothing outside the system that gave it.
        (known(source="api:b", key="other"), None),
        # The same system says itself that these are two.
        (known(external_id="FL-2"), None),
        (known(external_id="", reported_on=DAY + timedelta(days=1)), None),
        (known(external_id="", key="other"), None),
        # Rectified, and it is back: a new defect.
        (known(external_id="", status=Status.RECTIFIED), None),
        (known(external_id="", status=Status.CLOSED), None),
    ],
)
def test_matching(candidate: Known, by: MatchedBy | None) -> None:
    match = find_match(report(), [candidate])
    assert (match and match[1]) == by


def test_a_report_without_a_name_never_matches_by_name() -> None:
    assert find_match(report(external_id="", key="x"), [known(external_id="", key="y")]) is None


def test_a_name_goes_before_words() -> None:
    by_words, by_name = known(1, source="api:b"), known(2, key="other")
    assert find_match(report(), [by_words, by_name]) == (by_name, MatchedBy.EXTERNAL_ID)


@given(st.permutations([known(1, external_id=""), known(2, source="api:b"), known(3, key="x", external_id="")]))
def test_the_order_of_candidates_does_not_matter(candidates: list[Known]) -> None:
    assert find_match(report(), candidates) == find_match(report(), sorted(candidates, key=lambda one: one.id))


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", ["rectify", "close", "reopen", "nonsense"])
def test_only_the_table_moves_a_defect(status: Status, action: str) -> None:
    if (status, action) in rules.STEPS:
        assert rules.step(status, action) is rules.STEPS[status, action]
    else:
        with pytest.raises(RuleBroken, match="cannot take the step"):
            rules.step(status, action)


@pytest.mark.parametrize("ata", ["", "32", "32-41", "32-41-00"])
def test_ata_references(ata: str) -> None:
    assert rules.checked_ata(ata) == ata


@pytest.mark.parametrize("ata", ["3", "321", "32-4", "32.41", "AB", "32-41-00-1", "32-41\n"])
def test_what_is_no_ata_reference(ata: str) -> None:
    with pytest.raises(RuleBroken, match="no ATA reference"):
        rules.checked_ata(ata)


def test_a_report_from_the_future_is_refused() -> None:
    now = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
    rules.check_reported_at(now + timedelta(minutes=5), now)
    with pytest.raises(RuleBroken, match="future"):
        rules.check_reported_at(now + timedelta(minutes=6), now)


@pytest.mark.parametrize("description", ["", "  \n", "x" * 4001])
def test_a_description_is_given_and_fits(description: str) -> None:
    with pytest.raises(RuleBroken):
        rules.checked_description(description)
