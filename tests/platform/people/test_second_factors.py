"""Secrets of second steps are sealed, and survive a change of keys."""

import pytest
from allauth.mfa.models import Authenticator

from hangarlink.platform.people import second_factors
from hangarlink.platform.people.models import User
from hangarlink.platform.vault.crypto import BadToken, KeyRing, key_id_of, new_key
from hangarlink.platform.vault.installation import installed_keys
from hangarlink.platform.vault.rotation import HOLDERS, keys_in_use


@pytest.fixture
def kim(db: None) -> User:
    user = User.objects.create_user("kim@example.com", "correct horse battery")
    Authenticator.objects.create(user=user, type="totp", data={"secret": second_factors.seal("JBSWY3DPEHPK3PXP")})
    Authenticator.objects.create(
        user=user, type="recovery_codes", data={"seed": second_factors.seal("ab" * 40), "used_mask": 5}
    )
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Phone", "credential": {}})
    return user


def test_they_are_registered_with_the_vault(kim: User) -> None:
    assert any(isinstance(holder, second_factors.SecondFactors) for holder in HOLDERS)
    assert installed_keys().ring().active.id in keys_in_use()


def test_a_change_of_keys_reseals_them_and_nothing_else(kim: User) -> None:
    old = installed_keys().ring().active
    ring = KeyRing((new_key(), old))
    holder = second_factors.SecondFactors()
    assert holder.outdated(ring.active.id) == 2
    assert holder.rotate(ring) == (2, [])
    assert holder.key_ids() == {ring.active.id}
    totp, codes, passkey = (
        Authenticator.objects.get(type=kind).data for kind in ("totp", "recovery_codes", "webauthn")
    )
    assert ring.open(totp["secret"], second_factors.PLACE).reveal() == "JBSWY3DPEHPK3PXP"
    assert codes["used_mask"] == 5
    assert passkey == {"name": "Phone", "credential": {}}
    assert holder.rotate(ring) == (0, [])


def test_one_whose_key_is_lost_is_named_and_kept(kim: User) -> None:
    foreign = KeyRing((new_key(),))
    done, unreadable = second_factors.SecondFactors().rotate(foreign)
    assert done == 0
    assert len(unreadable) == 2
    assert key_id_of(Authenticator.objects.get(type="totp").data["secret"]) != foreign.active.id


def test_a_damaged_token_does_not_open(db: None) -> None:
    token = second_factors.seal("JBSWY3DPEHPK3PXP")
    with pytest.raises(BadToken):
        second_factors.unseal(token[:-6] + "AAAAAA")
