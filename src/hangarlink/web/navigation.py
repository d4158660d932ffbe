"""The menu. An entry names a URL; who sees it is read from the page behind that URL (`access.page`)."""

from dataclasses import dataclass
from functools import cache

from django.urls import resolve, reverse

from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.web.access import Access


@dataclass(frozen=True)
class Entry:
    """One line of the menu.

    url   name of the URL, such as `fleet:board`
    icon  a symbol of templates/web/sprite.html
    go    letter that opens it after `g`
    also  beginnings of further addresses that belong to it
    """

    label: str
    url: str
    icon: str
    go: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    title: str
    entries: tuple[Entry, ...]


MENU: tuple[Group, ...] = (
    Group(
        "",
        (
            Entry("Fleet", "fleet:board", "gauge", go="f"),
            Entry("Due list", "due:list", "due", go="d"),
            Entry("Forecast", "forecast:workload", "clock", go="y"),
            Entry("Discrepancies", "due:discrepancies", "alert"),
            Entry("Defects", "defects:list", "bug", go="x"),
            Entry("Components", "components:list", "tool", go="h"),
            Entry("Compliance", "compliance:queue", "shield", go="q"),
            Entry("Requirements", "requirements:list", "book", go="p"),
            Entry("Programmes", "programmes:list", "book", go="b"),
            Entry("Aircraft", "fleet:list", "plane", go="a"),
            Entry("Aircraft models", "fleet:models", "models", go="m"),
        ),
    ),
    Group(
        "Operations",
        (
            Entry("Trips", "trips:list", "route", go="j"),
            Entry("Customers", "customers:list", "people", go="k"),
            Entry("Invoices", "billing:invoices", "receipt", go="i"),
            Entry("Payments received", "billing:payments", "cash"),
            Entry("Expenses", "billing:expenses", "cart"),
            Entry("Cost categories", "billing:categories", "tags"),
        ),
    ),
    Group(
        "Integrations",
        (
            Entry("Integrations", "ops_integrations:directory", "connect", go="c", also=("/connections/",)),
            Entry("Safety integrations", "safety_integrations:directory", "shield"),
            Entry("Billing integrations", "billing_integrations:directory", "card"),
            Entry("Sync logs", "synclog:list", "sync", go="l"),
            Entry("Alerts", "alerts:list", "alert"),
            Entry("Notifications", "notifications:list", "bell"),
            Entry("Webhooks", "webhooks:list", "webhook", go="w"),
            Entry("OAuth applications", "applications:list", "key", go="o"),
        ),
    ),
    Group(
        "Administration",
        (
            Entry("Users", "people:users", "people", go="u"),
            Entry("Roles", "people:roles", "roles", go="r"),
            Entry("Audit trail", "audit:list", "audit", go="t"),
            Entry("Privacy", "privacy:find", "user"),
            Entry("Account settings", "account:settings", "building"),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    """An entry as one member sees it on one page."""

    label: str
    href: str
    icon: str
    go: str
    current: bool


def menu_for(actor: Actor, account: Account, path: str) -> list[tuple[str, list[Link]]]:
    """The groups and links that this member may open; the longest matching one is the current one."""
    groups = [(group.title, [e for e in group.entries if _access(e.url).is_open_to(actor, account)]) for group in MENU]
    places = [(href, entry) for _, entries in groups for entry in entries for href in (reverse(entry.url), *entry.also)]
    fitting = [(len(href), entry) for href, entry in places if _is_under(path, href)]
    current = max(fitting, key=lambda place: place[0])[1] if fitting else None
    return [
        (title, [Link(e.label, reverse(e.url), e.icon, e.go, e is current) for e in entries])
        for title, entries in groups
        if entries
    ]


def _is_under(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href))


@cache
def _access(url: str) -> Access:
    access = resolve(reverse(url)).func.access  # type: ignore[attr-defined]
    if not isinstance(access, Access):
        raise LookupError(f"The menu entry {url} leads to a page without @page(...).")
    return access
