"""A profile says what is wrong with it and where; what could lead anywhere else is refused."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.connectors.tracker import Tracker
from hangarlink.connectors.tracker.camp import Camp
from hangarlink.connectors.tracker.cmp import Cmp
from hangarlink.connectors.tracker.profile import LARGEST, Profile, ProfileError, parse_profile, ready_profile
from hangarlink.connectors.tracker.traxxall import Traxxall
from hangarlink.connectors.tracker.veryon import Veryon
from hangarlink.integration.contract import Dataset, Directions

SMALL = """
profile = 1
name = "Small"
identity = "registration"
[due_items]
path = "/items"
format = "json"
records = "items"
[due_items.fields]
external_id = "id"
registration = "tail"
title = "title"
[[due_items.terms]]
kind = "hours"
remaining = "left/hours"
"""


@pytest.mark.parametrize("connector", [Camp, Cmp, Traxxall, Veryon, Tracker], ids=lambda one: one.manifest.key)
def test_every_manifest_has_a_ready_profile_that_carries_all_it_declares(connector: type[Tracker]) -> None:
    profile = parse_profile(ready_profile(connector.manifest.key))
    assert profile.due_items is not None
    assert profile.totals is not None
    assert profile.flights is not None
    assert profile.prove is not None
    assert connector.manifest.datasets == {
        Dataset.DUE_ITEMS: Directions.PULL,
        Dataset.COUNTER_TOTALS: Directions.PUSH,
        Dataset.FLIGHT_TIMES: Directions.PUSH,
    }


def test_the_smallest_one() -> None:
    profile = parse_profile(SMALL)
    assert profile.due_items is not None
    assert profile.due_items.fields.external_id == ("id",)
    assert profile.due_items.values.zone == "UTC"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("profile = 1", "profile = 2"), "profile: Input should be 1"),
        (('name = "Small"\n', ""), "name is missing"),
        (('path = "/items"\n', ""), "due_items: say where it comes from"),
        (('title = "title"', 'titel = "title"'), "due_items.fields.titel is not known here"),
        (('title = "title"', 'titel = "title"'), "due_items.fields.title is missing"),
        (('kind = "hours"', 'kind = "weeks"'), "due_items.terms.0.kind"),
        (('remaining = "left/hours"', ""), "say where due_at stands"),
        (('identity = "registration"', 'identity = "registration_and_serial"'), "serial_number"),
        (('identity = "registration"', 'identity = "close"'), "identity"),
        (('format = "json"', 'format = "xlsx"'), "due_items.format"),
        (('format = "json"', 'format = "xml"\nrecords = ""'), "TOML"),
        (("[due_items.fields]", '[due_items.values]\nzone = "Mars/Olympus"\n[due_items.fields]'), "Mars/Olympus"),
        (("[due_items.fields]", '[due_items.values]\nzone = "../../etc/passwd"\n[due_items.fields]'), "zone"),
        (("[due_items.fields]", '[due_items.values]\nthousands = "."\n[due_items.fields]'), "the same sign"),
        (("[due_items.fields]", '[due_items.values]\ndays = ["%d-%m-%y"]\n[due_items.fields]'), "%y"),
        (("[due_items.fields]", '[due_items.values]\ndays = ["%d-%m"]\n[due_items.fields]'), "year"),
        (("[due_items.fields]", '[due_items.values]\nmoments = ["%Y-%m-%d"]\n[due_items.fields]'), "moments"),
        (("[due_items.fields]", '[due_items.paging]\nstyle = "cursor"\n[due_items.fields]'), "cursor"),
        (('path = "/items"', "path = 7"), "due_items.path"),
    ],
)
def test_mistakes_are_named_by_their_place(change: tuple[str, str], said: str) -> None:
    assert change[0] in SMALL
    with pytest.raises(ProfileError) as refused:
        parse_profile(SMALL.replace(*change))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "path",
    ["//evil.example/items", "http://evil.example/", "/../admin", "/a/../../b", "/a/./b", "items", "/a b", "/a?x=1",
     "/a#b", "/%2e%2e/x", "/a\\\\b", "/{anything}", "@evil.example/x", ""],
)  # fmt: skip
def test_a_path_stays_below_the_connections_address(path: str) -> None:
    text = SMALL.replace('path = "/items"', f'path = "{path}"')
    if path == "/{anything}":
        assert parse_profile(text).due_items  # a list has no places, and none is filled in
        return
    with pytest.raises(ProfileError, match=r"due_items\.path"):
        parse_profile(text)


@pytest.mark.parametrize(
    "name",
    ["../secrets.csv", "/etc/passwd", "a/../b.csv", "..", "a\\\\b.csv", "a\\u0000.csv", ".hidden", "x\\n.csv", ""],
)
@pytest.mark.parametrize("where", ["file", "folder"])
def test_a_file_stays_in_the_connections_folder(name: str, where: str) -> None:
    text = SMALL.replace('path = "/items"', f'path = "/items"\n{where} = "{name}"')
    with pytest.raises(ProfileError, match=rf"due_items\.{where}"):
        parse_profile(text)


@pytest.mark.parametrize(
    "name", ["../id", "a//b", "/a", "a/", "*", "a[1]", "//a", "..", "a/../b", "document('file:///etc/passwd')", "a\\nb"]
)
def test_a_field_is_a_plain_path(name: str) -> None:
    with pytest.raises(ProfileError, match="due_items"):
        parse_profile(SMALL.replace('external_id = "id"', f'external_id = "{name}"'))


SENDING = """
profile = 1
name = "Sending"
identity = "registration"
[totals]
path = "/totals/{registration}"
file = "totals-{stamp}.csv"
format = "csv"
[totals.fields]
tail = "registration"
at = "as_of"
[totals.component_fields]
hours = "hours"
[[totals.components]]
name = "AIRFRAME"
hours = "airborne"
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{registration}", "{password}"), "{password} is unknown"),
        (("{registration}", "{registration.__class__}"), "is unknown"),
        (("totals-{stamp}.csv", "totals.csv"), "needs {stamp}"),
        (("totals-{stamp}.csv", "totals-{key}-{stamp}.csv"), "{key} is unknown"),
        (("totals-{stamp}.csv", "totals-{stamp}-*.csv"), "no * or ?"),
        (('tail = "registration"', 'tail = "owner"'), "'owner' is none of our fields"),
        (('tail = "registration"', '"<tail>" = "registration"'), "totals.fields"),
        (('at = "as_of"\n', ""), "no column carries as_of"),
        (('hours = "hours"', 'n = "name"'), "no column carries the hours"),
        (('hours = "airborne"', 'hours = "engine"'), "totals.components.0.hours"),
    ],
)
def test_what_is_sent_is_checked_too(change: tuple[str, str], said: str) -> None:
    assert parse_profile(SENDING).totals
    assert change[0] in SENDING
    with pytest.raises(ProfileError) as refused:
        parse_profile(SENDING.replace(*change))
    assert said in str(refused.value)


def test_a_profile_that_moves_nothing_is_none() -> None:
    with pytest.raises(ProfileError, match="nothing would move"):
        parse_profile('profile = 1\nname = "Nothing"')


@pytest.mark.parametrize("text", ["", "{", "[a]\n[a]", "x = [" * 5000, "a" * (LARGEST + 1), "\0", '{"profile": 1}'])
def test_what_is_no_profile(text: str) -> None:
    with pytest.raises(ProfileError):
        parse_profile(text)


names = st.text(max_size=20)
junk: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | names | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=10,
)  # fmt: skip


@given(st.sampled_from(sorted(tomllib.loads(ready_profile("camp"))["due_items"])), junk)
def test_no_value_breaks_the_check(place: str, value: Any) -> None:
    document = tomllib.loads(ready_profile("camp"))
    document["due_items"][place] = value
    try:
        Profile.model_validate(document)
    except ValueError:
        return
