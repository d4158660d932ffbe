"""A sandbox of one's own on a real socket, standing still at a known moment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from hangarlink.sandbox.flightlogger import DEMO_KEY, World
from hangarlink.sandbox.serve import Serving, serve

NOW = datetime(2026, 10, 20, 4, 30, tzinfo=UTC)
"""Before the first flight of the day: what a test flies comes last."""


@dataclass
class Client:
    """Asks like any GraphQL client would."""

    serving: Serving
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(trust_env=False, verify=False, timeout=5))

    def post(
        self, query: str, *, key: str | None = DEMO_KEY, name: str | None = None, **variables: Any
    ) -> httpx2.Response:
        body: dict[str, Any] = {"query": query, "variables": variables}
        if name:
            body["operationName"] = name
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.http.post(self.serving.endpoint, json=body, headers=headers)

    def ask(self, query: str, **asked: Any) -> dict[str, Any]:
        """The answer of a query that must succeed."""
        response = self.post(query, **asked)
        assert response.status_code == 200, response.text
        answer = response.json()
        assert "errors" not in answer, answer
        return dict(answer["data"])

    def errors(self, query: str, **asked: Any) -> str:
        """The messages of a query that must be refused the GraphQL way."""
        response = self.post(query, **asked)
        assert response.status_code == 200, response.text
        return "; ".join(error["message"] for error in response.json()["errors"])

    def control(self, what: str, method: str = "POST", **wanted: Any) -> Any:
        response = self.http.request(
            method, f"{self.serving.url}/_control/{what}", json=wanted if method == "POST" else None
        )
        assert response.status_code == 200, response.text
        return response.json()

    def all_flights(self, size: int, fields: str = "id", **more: Any) -> list[dict[str, Any]]:
        """Every flight, page after page, the way a well-behaved client reads them."""
        query = (
            "query ($first: Int, $after: String, $changedAfter: DateTime) { "
            "flights(all: true, first: $first, after: $after, "
            f"changedAfter: $changedAfter) {{ nodes {{ {fields} }} pageInfo {{ endCursor hasNextPage }} }} }}"
        )
        found: list[dict[str, Any]] = []
        after = None
        while True:
            page = self.ask(query, first=size, after=after, **more)["flights"]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


@pytest.fixture
def world() -> World:
    return World.demo(now=NOW, days=20)


@pytest.fixture
def flightlogger(world: World) -> Iterator[Client]:
    with serve(world=world) as serving:
        client = Client(serving)
        with client.http:
            yield client
