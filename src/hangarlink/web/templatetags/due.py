"""How a due row reads inside other pages. Built in: no `{% load %}`."""

from django import template
from django.utils.safestring import SafeString

from hangarlink.maintenance.programme.queries import DueRow
from hangarlink.maintenance.tracked.queries import TrackedRow
from hangarlink.web import formats
from hangarlink.web.programme import words
from hangarlink.web.tracked import words as tracked_words

register = template.Library()


@register.simple_tag
def due_left(row: DueRow) -> SafeString:
    """What is left on the limit that decides, the others quietly below."""
    return words.left_cell(row)


@register.simple_tag
def due_left_short(row: DueRow) -> str:
    """What is left on the limit that decides, and nothing else."""
    term = words.deciding_term(row)
    if term is None:
        return ""
    return words.REASON_WORDS[term.unknown] if term.unknown else words.remaining(term)


@register.simple_tag
def due_bar(row: DueRow) -> SafeString:
    """How much of the deciding interval is used."""
    return words.bar(row)


@register.simple_tag
def due_forecast(row: DueRow) -> SafeString:
    """When it is reached."""
    return formats.show(words.forecast_text(row))


@register.simple_tag
def tracked_left(row: TrackedRow) -> SafeString:
    """What another system says is left."""
    return tracked_words.left_cell(row)


@register.simple_tag
def tracked_by(row: TrackedRow) -> SafeString:
    """Whose word it is, and as of when."""
    return tracked_words.by_whom(row)
