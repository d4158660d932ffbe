"""`hangarlink due`: our own list, and that others track more."""

import json

from click.testing import CliRunner

from hangarlink.cli.due import command
from hangarlink.platform.tenancy.models import Account
from tests.web.fleet.conftest import make_craft
from tests.web.programme.conftest import make_requirement
from tests.web.tracked.test_pages import left, tell


def test_what_is_tracked_elsewhere_is_counted_and_not_listed(account: Account) -> None:
    craft = make_craft(account, "OY-SKA")
    make_requirement(account)
    tell(account, craft.aircraft, ("OVER", left(-1)), ("NEAR", left(3)))
    told = json.loads(CliRunner().invoke(command, ["--account", "demo", "--json"], catch_exceptions=False).output)
    assert [item["reference"] for item in told["items"]] == ["05-20-01"]
    assert told["tracked_elsewhere"] == {"overdue": 1, "due_soon": 1}
    shown = CliRunner().invoke(command, ["--account", "demo"], catch_exceptions=False).output
    assert "Tracked elsewhere, not listed here" in shown
    assert "1 overdue" in shown
