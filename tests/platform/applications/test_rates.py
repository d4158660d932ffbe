"""The shared request count."""

from datetime import timedelta

import pytest
from django.db.models import F

from hangarlink.platform.applications.models import RequestWindow
from hangarlink.platform.applications.rates import Quota, count_request

pytestmark = pytest.mark.usefixtures("db")


def test_requests_are_counted_per_key() -> None:
    assert [count_request("a", 2).used for _ in range(3)] == [1, 2, 3]
    assert count_request("b", 2).used == 1


def test_a_new_window_starts_when_the_old_one_is_over() -> None:
    count_request("a", 2)
    count_request("a", 2)
    RequestWindow.objects.update(started_at=F("started_at") - timedelta(seconds=61))
    fresh = count_request("a", 2)
    assert fresh.used == 1
    assert 58 <= fresh.seconds <= 60


def test_the_headers_follow_the_draft() -> None:
    """draft-ietf-httpapi-ratelimit-headers: named policy, quota, window; remaining and seconds until reset."""
    assert Quota(limit=600, used=1, seconds=42).headers() == {
        "RateLimit-Policy": '"default";q=600;w=60',
        "RateLimit": '"default";r=599;t=42',
    }
    spent = Quota(limit=600, used=601, seconds=0)
    assert spent.is_spent
    assert spent.headers()["Retry-After"] == "1"
    assert spent.headers()["RateLimit"] == '"default";r=0;t=1'
    assert not Quota(limit=600, used=600, seconds=1).is_spent
