import pytest

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.models import Account


@pytest.fixture
def controller(acting: Account) -> Actor:
    """Somebody who may do everything; the test is inside the account's wall."""
    return SYSTEM


@pytest.fixture
def aircraft(acting: Account) -> Aircraft:
    model = AircraftModel.objects.create(account=acting, name="C172S")
    return Aircraft.objects.create(account=acting, registration="OY-SKA", call_sign="SKA", aircraft_model=model)
