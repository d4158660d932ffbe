"""What a request fetches from outside is fetched between two transactions, never inside one."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from hangarlink.fleet.models import AircraftModel
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.tenancy.context import acting_in, current_account
from hangarlink.platform.tenancy.middleware import AccountMiddleware
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.tenancy.outside import Leaving, Left, outside


@pytest.fixture
def school(committed: None) -> Account:
    return Account.objects.create(subdomain="demo", name="Skyline Flight School")


def ask(page: Any) -> HttpResponse:
    """A request for a page, through the middleware that opens the transaction."""

    def handle(request: HttpRequest) -> HttpResponse:
        try:
            return page(request)  # type: ignore[no-any-return]
        except Leaving as leaving:
            return Left(leaving.work)

    request = RequestFactory().post("/", headers={"host": "demo.localhost"})
    return AccountMiddleware(handle)(request)


def test_the_work_is_done_without_a_transaction_and_its_result_comes_back(school: Account) -> None:
    seen: list[bool] = []

    def work() -> str:
        seen.append(connection.in_atomic_block)
        return "OY-SKA"

    def page(request: HttpRequest) -> HttpResponse:
        assert connection.in_atomic_block
        assert current_account() == school
        return HttpResponse(outside(request, work))

    answer = ask(page)
    assert answer.content == b"OY-SKA"
    assert answer.status_code == 200
    assert seen == [False]


def test_what_was_written_before_it_is_written_once(school: Account) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        AircraftModel.objects.create(account=school, name="C172S")
        outside(request, lambda: None)
        outside(request, lambda: None)
        return HttpResponse("saved")

    assert ask(page).content == b"saved"
    with acting_in(school):
        assert AircraftModel.objects.count() == 1


def test_an_error_is_raised_where_the_page_asked(school: Account) -> None:
    def fail() -> None:
        raise RuleBroken("The key is wrong.", field="secret")

    def page(request: HttpRequest) -> HttpResponse:
        try:
            outside(request, fail)
        except RuleBroken as refused:
            return HttpResponse(f"{refused.field}: {refused}")
        raise AssertionError("not raised")

    assert ask(page).content == b"secret: The key is wrong."


def test_results_come_in_the_order_of_asking(school: Account) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        first = outside(request, lambda: "first")
        second = outside(request, lambda: f"{first}, second")
        return HttpResponse(second)

    assert ask(page).content == b"first, second"


def test_a_page_without_an_end_is_stopped(school: Account) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        while True:
            outside(request, lambda: None)

    with pytest.raises(RuntimeError, match="again and again"):
        ask(page)
