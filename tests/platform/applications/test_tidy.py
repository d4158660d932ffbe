from datetime import timedelta

from django.utils import timezone

from hangarlink.platform.applications.actions import IssuedSecret
from hangarlink.platform.applications.models import AccessToken, KeptAnswer, RequestWindow
from hangarlink.platform.applications.tasks import tidy
from hangarlink.platform.tenancy.models import Account


def test_what_nobody_can_use_any_more_goes(issued: IssuedSecret, account: Account) -> None:
    now = timezone.now()
    for name, age in (("old", timedelta(hours=25)), ("new", timedelta(hours=1))):
        AccessToken.objects.create(
            application=issued.application, token_checksum=name, expires=now + timedelta(hours=2) - age, scope=""
        )
        kept = KeptAnswer.objects.create(
            account=account, application=issued.application, key=name, request_digest="", status=201, body="{}"
        )
        KeptAnswer.objects.filter(pk=kept.pk).update(made_at=now - age)
        RequestWindow.objects.create(key=name, started_at=now - age, used=1)
    tidy(account)
    assert [row.token_checksum for row in AccessToken.objects.all()] == ["new"]
    assert [row.key for row in KeptAnswer.objects.all()] == ["new"]
    assert [row.key for row in RequestWindow.objects.all()] == ["new"]
