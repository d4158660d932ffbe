"""Secrets of authenticator apps and recovery codes: sealed like every other secret, and rotated with them.

They belong to a person and not to an account, so they stand in allauth's table and not in the vault's. Not imported
before Django is ready.
"""

from collections.abc import Iterator
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from hangarlink.platform.vault.crypto import KeyRing, Place, VaultError, key_id_of
from hangarlink.platform.vault.installation import installed_keys
from hangarlink.platform.vault.secret import Secret

# allauth gives the text alone, so every token has the same place.
NOWHERE = UUID(int=0)
PLACE = Place(account=NOWHERE, table="mfa_authenticator", field="data", owner=NOWHERE)
FIELDS = ("secret", "seed")


def seal(text: str) -> str:
    return installed_keys().ring().seal(Secret(text), PLACE)


def unseal(token: str) -> str:
    """Raises VaultError."""
    return installed_keys().ring().open(token, PLACE).reveal()


class SecondFactors:
    """What a rotation needs of them (vault.rotation.Holder)."""

    def outdated(self, key_id: str) -> int:
        """How many tokens are sealed with another key."""
        return sum(key_id_of(token) != key_id for _, _, token in self._tokens())

    def key_ids(self) -> set[str]:
        """The keys that the tokens need."""
        return {key_id_of(token) for _, _, token in self._tokens()}

    def rotate(self, ring: KeyRing) -> tuple[int, list[str]]:
        """Seal them all with the active key. A code used in the meantime stays used: each row is locked for itself."""
        done, unreadable = 0, []
        for pk, field, token in list(self._tokens()):
            if key_id_of(token) == ring.active.id:
                continue
            try:
                with transaction.atomic():
                    row = Authenticator.objects.select_for_update().get(pk=pk)
                    row.data[field] = ring.rotate(row.data[field], PLACE)
                    row.save(update_fields=["data"])
                done += 1
            except VaultError:
                unreadable.append(f"second factor {pk}")
            except Authenticator.DoesNotExist:
                continue
        return done, unreadable

    def _tokens(self) -> Iterator[tuple[int, str, str]]:
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
        rows = Authenticator.objects.filter(type__in=kinds).order_by("pk").values_list("pk", "data")
        for pk, data in rows.iterator(chunk_size=500):
            for field in FIELDS:
                if field in data:
                    yield pk, field, data[field]
