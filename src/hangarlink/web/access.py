"""Who may open a page: one declaration that the URL and the menu both obey."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.models import Membership, User
from hangarlink.platform.people.permissions import PERMISSIONS, Actor
from hangarlink.platform.tenancy.models import Account, Feature
from hangarlink.platform.tenancy.outside import Leaving, Left
from hangarlink.web import errors, formats

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

P = ParamSpec("P")


class PageRequest(HttpRequest):
    """What a view behind `@page` gets: an account, and a member of it who may be here."""

    account: Account
    membership: Membership
    actor: Actor
    user: User
    htmx: "HtmxDetails"


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class Access:
    """What opening a page takes. No permission: every member may.

    instead  any one of these permissions opens it as well; what the page shows is then narrowed to what they cover
    """

    permission: str | None
    feature: Feature | None
    instead: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for permission in (self.permission, *self.instead):
            if permission is not None and permission not in PERMISSIONS:
                raise LookupError(f"{permission} is not a declared permission.")

    def is_open_to(self, actor: Actor, account: Account) -> bool:
        """Whether this member may open it, so whether the menu shows it."""
        on = self.feature is None or account.has_feature(self.feature)
        return on and self.is_permitted(actor)

    def is_permitted(self, actor: Actor) -> bool:
        return self.permission is None or any(actor.may(one) for one in (self.permission, *self.instead))


def page(
    *, permission: str | None, feature: Feature | None = None, instead: tuple[str, ...] = ()
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Declare a page. Who is not signed in goes to the sign-in page and comes back; who lacks the permission is told
    which one; a switched-off feature has no page.

    A `Refused` that leaves the view undoes everything the view did and becomes the page that says so: 403, 404 or 422.
    """
    access = Access(permission, feature, instead)

    def declare(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            if actor is None:
                return _to_sign_in(request)
            account: Account = request.account  # type: ignore[attr-defined]
            if feature is not None and not account.has_feature(feature):
                return errors.switched_off(request, feature)
            if permission is not None and not access.is_permitted(actor):
                return errors.not_permitted(request, permission)
            with formats.local_times(account.time_zone):
                return _answer(view, request, *args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return declare


def public(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Declare a page that anybody may open, such as sign-in."""
    view.access = None  # type: ignore[attr-defined]
    return view


def actor_of(request: HttpRequest) -> Actor | None:
    """The signed-in person as a member of this account; None for everybody else, and where no account was found."""
    return getattr(request, "actor", None)


def _answer(view: Callable[..., HttpResponseBase], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        with transaction.atomic():
            return view(request, *args, **kwargs)
    except Leaving as leaving:
        return Left(leaving.work)
    except NotPermitted as refused:
        return errors.not_permitted(request, refused.permission, str(refused))
    except Missing as refused:
        return errors.missing(request, str(refused))
    except RuleBroken as refused:
        return errors.refused(request, str(refused))


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    return redirect_to_login(request.get_full_path())
