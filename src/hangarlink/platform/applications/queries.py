"""Applications as pages need them."""

from uuid import UUID

from django.db.models import F, QuerySet

from hangarlink.platform.applications.models import Application
from hangarlink.platform.errors import Missing


def applications() -> QuerySet[Application]:
    """All applications of the account: those in use first, then the revoked ones; by name."""
    return Application.objects.order_by(F("revoked_at").desc(nulls_first=True), "name", "id")


def find_application(application_id: UUID) -> Application:
    """One application. Raises Missing."""
    found = Application.objects.filter(pk=application_id).first()
    if found is None:
        raise Missing("There is no such OAuth application in this account.")
    return found
