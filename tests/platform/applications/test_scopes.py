from hangarlink.platform.applications.scopes import Scope, known, permissions_of, unknown
from hangarlink.platform.people.permissions import PERMISSIONS


def test_the_published_scopes_are_the_first_eight() -> None:
    """[stated: req-2]"""
    assert [scope.value for scope in Scope][:8] == [
        "aircraft_read", "aircraft_write", "defects_read", "defects_write", "hours_cycles_read", "hours_cycles_write",
        "aircraft_models_read", "aircraft_models_write",
    ]  # fmt: skip


def test_every_scope_has_words_and_a_declared_permission() -> None:
    for scope in Scope:
        assert scope.label
        assert scope.permission in PERMISSIONS


def test_words_that_are_no_scope_are_told() -> None:
    assert unknown(["aircraft_read", "admin", ""]) == ["", "admin"]
    assert known(["defects_read", "aircraft_read", "admin", "defects_read"]) == [
        Scope.AIRCRAFT_READ,
        Scope.DEFECTS_READ,
    ]


def test_reading_scopes_change_nothing() -> None:
    reading = permissions_of(scope for scope in Scope if scope.value.endswith("_read"))
    assert all(permission.endswith(".view") for permission in reading)
