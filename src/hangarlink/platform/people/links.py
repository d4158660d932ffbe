"""Links that carry a secret. They are made at the moment somebody gets them, and stand in no table."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse

from hangarlink.platform.people.models import User
from hangarlink.platform.tenancy.addresses import account_url
from hangarlink.platform.tenancy.models import Account


def invitation_link(account: Account, token: str) -> str:
    """Where the token of an invitation is accepted."""
    return account_url(account, reverse("invitation", args=[token]))


def password_link(account: Account, user: User) -> str:
    """Where the user chooses a new password: once, within PASSWORD_RESET_TIMEOUT, and until the next sign-in."""
    token = default_token_generator.make_token(user)
    return account_url(account, reverse("account_reset_password_from_key", args=[user.pk.hex, token]))
