"""Pictures: drawn anew, shown to who may see the aircraft, replaced and taken away."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from PIL import Image

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, change_aircraft
from hangarlink.fleet.models import Aircraft
from hangarlink.platform.documents.models import Document
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, new_id


def drawn(colour: str = "navy") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 40), colour).save(out, "PNG")
    return SimpleUploadedFile("ramp.png", out.getvalue(), "image/png")


@pytest.fixture
def aircraft(account: Account) -> Aircraft:
    with acting_in(account):
        model = add_aircraft_model(name="C172S", acting_user=SYSTEM)
        return add_aircraft(registration="OY-SKA", aircraft_model=model, acting_user=SYSTEM)


@pytest.mark.parametrize("kind", ["aircraft", "models"])
def test_a_picture_from_first_to_none(account: Account, aircraft: Aircraft, browser: Client, kind: str) -> None:
    pk = aircraft.pk if kind == "aircraft" else aircraft.aircraft_model_id
    page, edit = f"/{kind}/{pk}/", f"/{kind}/{pk}/picture/edit/"
    assert browser.get(f"{page}picture/").status_code == 404
    assert browser.post(edit, {"picture": drawn()}).status_code == 302
    shown = browser.get(f"{page}picture/")
    assert (shown.status_code, shown["Content-Security-Policy"]) == (200, "default-src 'none'; sandbox")
    assert f"{page}picture/" in browser.get(page).text
    assert browser.post(edit, {"picture": drawn("red")}).status_code == 302
    with acting_in(account):
        assert Document.objects.count() == 1, "the old one is deleted"
    assert browser.post(edit, {"remove": "on"}).status_code == 302
    assert browser.get(f"{page}picture/").status_code == 404
    with acting_in(account):
        assert not Document.objects.exists()


@pytest.mark.parametrize("content", [b"", b"<svg onload='x'/>", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_is_refused(account: Account, aircraft: Aircraft, browser: Client, content: bytes) -> None:
    file = SimpleUploadedFile("evil.png", content, "image/png")
    answer = browser.post(f"/aircraft/{aircraft.pk}/picture/edit/", {"picture": file})
    assert answer.status_code == 422
    with acting_in(account):
        assert not Document.objects.exists()


def test_who_may_only_look_sees_it_and_cannot_change_it(aircraft: Aircraft, browser: Client, reader: Client) -> None:
    browser.post(f"/aircraft/{aircraft.pk}/picture/edit/", {"picture": drawn()})
    assert reader.get(f"/aircraft/{aircraft.pk}/picture/").status_code == 200
    assert reader.post(f"/aircraft/{aircraft.pk}/picture/edit/", {"picture": drawn()}).status_code == 403


def test_the_database_refuses_a_picture_that_is_no_document_of_the_account(
    account: Account, aircraft: Aircraft
) -> None:
    with acting_in(account), pytest.raises(IntegrityError), transaction.atomic():
        change_aircraft(aircraft, picture_id=new_id(), acting_user=SYSTEM)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
