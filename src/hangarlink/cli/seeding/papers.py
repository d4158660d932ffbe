"""What the aircraft's papers said on the day the demo school moved in, asked of the sandbox over HTTP.

A real operator types opening balances from the technical log. The demo has no such papers, so it reads today's totals
from the partner and takes off what was flown since, which is what an operator would find written on that day.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hangarlink.platform import outbound

AIRCRAFT = """{ aircraft { nodes { callSign totalLandings
  primaryLog { type totalSeconds } secondaryLog { type totalSeconds } tertiaryLog { type totalSeconds } } } }"""
FLIGHTS = """query($from: DateTime, $after: String) {
 flights(from: $from, all: true, first: 50, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes { aircraft { callSign } landings { landingType landingTypeCount } primaryLog { type durationSeconds }
    secondaryLog { type durationSeconds } tertiaryLog { type durationSeconds } } } }"""
SLOTS = ("primaryLog", "secondaryLog", "tertiaryLog")
TOUCHES = {"LANDING", "TOUCH_AND_GO"}
LANDINGS = "LANDINGS"

Totals = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Papers:
    """Totals on the opening day by (call sign, log type), in seconds; landings under LANDINGS."""

    opened_at: datetime
    totals: Totals

    def total(self, call_sign: str, log: str) -> int:
        return self.totals[call_sign, log]


def read(endpoint: str, key: str, opened_at: datetime) -> Papers:
    """Ask the partner. Raises outbound.OutboundError when it does not answer."""
    with outbound.client(headers={"Authorization": f"Bearer {key}"}) as client:

        def ask(query: str, **variables: Any) -> Any:
            answer = client.post(endpoint, json={"query": query, "variables": variables})
            answer.raise_for_status()
            return answer.json()["data"]

        totals: Counter[tuple[str, str]] = Counter()
        for node in ask(AIRCRAFT)["aircraft"]["nodes"]:
            totals[node["callSign"], LANDINGS] = node["totalLandings"] or 0
            for log in _logs(node):
                totals[node["callSign"], log["type"]] = log["totalSeconds"]
        after = None
        while True:
            page = ask(FLIGHTS, **{"from": opened_at.isoformat(), "after": after})["flights"]
            for node in page["nodes"]:
                _take_off(totals, node)
            if not page["pageInfo"]["hasNextPage"]:
                return Papers(opened_at, dict(totals))
            after = page["pageInfo"]["endCursor"]


def _logs(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (node[slot] for slot in SLOTS if node[slot])


def _take_off(totals: "Counter[tuple[str, str]]", node: dict[str, Any]) -> None:
    call_sign = node["aircraft"]["callSign"]
    for log in _logs(node):
        totals[call_sign, log["type"]] -= log["durationSeconds"]
    touches = (row["landingTypeCount"] for row in node["landings"] or () if row["landingType"] in TOUCHES)
    totals[call_sign, LANDINGS] -= sum(touches)
