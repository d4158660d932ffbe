"""Two identical reports at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.defects.actions import Verdict, report_defect
from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account


@pytest.mark.committed
@pytest.mark.usefixtures("committed")
def test_identical_reports_that_race_make_one_defect() -> None:
    account = Account.objects.create(subdomain="demo", name="Skyline")
    with acting_in(account):
        model = AircraftModel.objects.create(account=account, name="C172S")
        aircraft = Aircraft.objects.create(account=account, registration="OY-SKA", aircraft_model=model)

    def report(number: int) -> Verdict:
        try:
            with acting_in(account):
                return report_defect(
                    aircraft,
                    description="Nose wheel shimmy",
                    reported_at=datetime(2026, 6, 3, tzinfo=UTC),
                    external_id=f"FL-{number // 8}",
                    source="api:a",
                    acting_user=SYSTEM,
                ).verdict
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(report, range(24)))
    assert verdicts.count(Verdict.CREATED) == 3
    assert verdicts.count(Verdict.KNOWN) == 21
    with acting_in(account):
        assert sorted(Defect.objects.values_list("number", flat=True)) == [1, 2, 3]
