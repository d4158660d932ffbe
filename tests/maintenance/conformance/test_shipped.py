"""The worked examples that come with the product hold, in the rules and in the due list, and leave nothing behind."""

import pytest

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.conformance.running import Outcome, Script, load_all, run, shipped
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

SCRIPTS = load_all([shipped()])


def test_all_forty_two_worked_examples_are_there() -> None:
    assert {f"E{number:02}" for number in range(1, 43)} <= {script.case.id for script in SCRIPTS}


def test_none_of_them_is_left_out() -> None:
    assert [script.case.id for script in SCRIPTS if script.case.pending] == []


def test_every_example_says_where_it_comes_from() -> None:
    assert all(script.case.source and script.case.says and script.case.kind for script in SCRIPTS)


@pytest.mark.django_db
@pytest.mark.parametrize("script", SCRIPTS, ids=[script.case.id for script in SCRIPTS])
def test_the_product_agrees(script: Script) -> None:
    result = run(script)
    assert result.outcome is not Outcome.FAILED, "\n".join(str(one) for one in result.differences)


@pytest.mark.django_db
def test_nothing_is_kept(account: Account) -> None:
    run(next(script for script in SCRIPTS if script.case.id == "E35"))
    assert list(Account.objects.all()) == [account]
    with acting_in(account):
        assert not Aircraft.objects.exists()
