"""Small words of the page language: `{% state "ok" %}`, `{% moment flight.ended_at %}`. Built in: no `{% load %}`."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from hangarlink.fleet.models import Counter
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import area_of
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.quantities import Rounding
from hangarlink.web import formats
from hangarlink.web.integrations.areas import to, to_connection
from hangarlink.web.synclog.counts import bar as count_bar

register = template.Library()


@register.simple_tag
def state(code: str, word: str = "", large: bool = False) -> SafeString:
    """A state with its shape: `{% state row.state %}`, `{% state "ok" word="Healthy" large=True %}`."""
    return formats.state(formats.State(code, word), large=large)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite (web/templates/web/sprite.html)."""
    return formats.icon(name)


@register.simple_tag
def moment(value: datetime | None, beside: bool = True) -> SafeString:
    """A moment in Zulu with local time on hover and "2 h ago" beside it."""
    return formats.moment(value, beside=beside) if value else formats.show(None)


@register.simple_tag
def ago(value: datetime) -> str:
    """ "2 h ago", for the rare place where the moment itself stands in the title."""
    return formats.ago(value)


@register.simple_tag
def moment_words(value: datetime) -> str:
    """The moment as text, for a title: Zulu and local."""
    return f"{formats.moment_text(value)}, {formats.local_text(value)}"


@register.simple_tag
def day(value: date | None) -> SafeString:
    """A date."""
    return formats.show(value)


@register.simple_tag
def bar(fraction: float, code: str, words: str) -> SafeString:
    """How much of a limit is used."""
    return formats.bar(fraction, code, words)


@register.simple_tag
def amount(counter: Counter, value: int | None, left: bool = False) -> SafeString:
    """An amount of a counter as that counter is shown; `left=True` for what remains, which is rounded down."""
    if value is None:
        return formats.show(None)
    return formats.quantity(formats.quantity_of(counter, value, Rounding.DOWN if left else Rounding.NEAREST))


@register.simple_tag
def counts(run: SyncRun) -> SafeString:
    """What became of a run's records, as a small bar with figures."""
    return count_bar(run)


@register.simple_tag
def hub(connection: Connection, name: str, *args: Any) -> str:
    """A page of a connection in its settings area: `{% hub connection "plan" %}`."""
    return to(area_of(connection.connector), name, connection.pk, *args)


@register.simple_tag
def connection_page(connection: Connection) -> str:
    """Where a connection's own page is."""
    return to_connection(connection)


@register.filter
def show(value: Any) -> SafeString:
    """Any value as its type is shown."""
    return formats.show(value)


@register.filter
def may(actor: Actor, permission: str) -> bool:
    """`{% if request.actor|may:"fleet.edit" %}`"""
    return actor.may(permission)
