"""Who is here already: what is sure, what is asked, and that no row is taken twice."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.datasets.likeness import Called, likenesses, plain

A, B, C = (str(UUID(int=number)) for number in (1, 2, 3))


def sure(told: list[Called], ours: list[Called]) -> dict[str, str]:
    return {key: str(like.ids[0]) for key, like in likenesses(told, ours).items() if like.is_sure}


def asked(told: list[Called], ours: list[Called]) -> dict[str, set[str]]:
    return {key: set(map(str, like.ids)) for key, like in likenesses(told, ours).items() if not like.is_sure}


def test_the_same_address_is_the_same_customer_however_it_is_written() -> None:
    assert sure([Called("1", "Nordic", "AP@Nordic.example ")], [Called(A, "Nordic Wind", "ap@nordic.example")]) == {
        "1": A
    }


def test_the_same_name_is_enough_only_where_nobody_has_an_address() -> None:
    assert sure([Called("1", "Nordic  wind", "")], [Called(A, "NORDIC Wind", "")]) == {"1": A}
    for theirs, ours in (("", "ap@nordic.example"), ("ap@nordic.example", ""), ("x@a.example", "y@a.example")):
        told, here = [Called("1", "Nordic", theirs)], [Called(A, "Nordic", ours)]
        assert (sure(told, here), asked(told, here)) == ({}, {"1": {A}})


def test_an_address_counts_more_than_a_name() -> None:
    here = [Called(A, "Ida", "ida@a.example"), Called(B, "Bo", "ida@b.example")]
    assert sure([Called("1", "Ida", "ida@b.example")], here) == {"1": B}


def test_two_of_ours_are_asked_about() -> None:
    here = [Called(A, "Ida", "office@a.example"), Called(B, "Bo", "office@a.example")]
    assert asked([Called("1", "Ida", "office@a.example")], here) == {"1": {A, B}}


def test_two_of_theirs_are_asked_about() -> None:
    told = [Called("1", "Ida", "office@a.example"), Called("2", "Bo", "office@a.example")]
    assert asked(told, [Called(A, "Ida", "office@a.example")]) == {"1": {A}, "2": {A}}


def test_a_row_that_is_surely_another_is_no_candidate() -> None:
    told = [Called("1", "Ida", "ida@a.example"), Called("2", "Ida", "other@a.example")]
    assert likenesses(told, [Called(A, "Ida", "ida@a.example")]).keys() == {"1"}


def test_strangers_are_strangers() -> None:
    assert likenesses([Called("1", "Ida", "")], [Called(A, "Bo", ""), Called(C, "", "")]) == {}


called = st.builds(Called, st.just(""), st.sampled_from(["Ida", "ida ", "Bo"]), st.sampled_from(["", "a@x.y", "A@x.y"]))


@given(st.lists(called, max_size=5), st.lists(called, max_size=5))
def test_no_row_is_ever_taken_twice(told: list[Called], ours: list[Called]) -> None:
    told = [Called(str(number), one.name, one.email) for number, one in enumerate(told)]
    rows = [Called(str(UUID(int=number)), one.name, one.email) for number, one in enumerate(ours)]
    found = likenesses(told, rows)
    certain = [like.ids for like in found.values() if like.is_sure]
    assert len(certain) == len(set(certain))
    by_id = {UUID(row.key): row for row in rows}
    for key, like in found.items():
        one = told[int(key)]
        assert like.ids
        for id in like.ids:
            same_name = plain(by_id[id].name) == plain(one.name)
            assert same_name or plain(by_id[id].email) == plain(one.email) != ""
