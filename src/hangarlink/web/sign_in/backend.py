"""Who a password lets in."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from hangarlink.platform.people import queries
from hangarlink.platform.people.models import User


class MembersOnly(AuthenticationBackend):  # type: ignore[misc]  # allauth is not typed
    """The right password of somebody who is no active member here is a wrong password: nobody learns that it exists."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        # The base keeps a blocked user aside for a page of its own; here a blocked user is told what a stranger is.
        self.unstash_authenticated_user()
        return user if isinstance(user, User) and queries.active_membership(user.pk) else None
