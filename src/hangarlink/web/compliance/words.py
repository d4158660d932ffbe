"""How directives read on pages."""

from django.urls import reverse
from django.utils.safestring import SafeString

from hangarlink.maintenance.compliance.queries.report import Part, Value
from hangarlink.maintenance.compliance.queries.rows import Pair
from hangarlink.maintenance.compliance.rules.standing import Standing
from hangarlink.platform.quantities import Display, Unit, format_quantity
from hangarlink.web import formats
from hangarlink.web.programme import words as due_words

# A standing and the shape it wears: only what nobody decided, on what binds, is unknown.
_SHAPES = {
    Standing.NOT_ASSESSED: "unknown",
    Standing.OPEN: "due_soon",
    Standing.REPETITIVE: "ok",
    Standing.AMOC: "restricted",
    Standing.COMPLIED_ONCE: "ok",
    Standing.TERMINATED: "ok",
    Standing.SUPERSEDED: "ok",
    Standing.NOT_APPLICABLE: "ok",
}


def standing_cell(pair: Pair) -> SafeString:
    """The standing as word, shape and colour."""
    return formats.show(formats.State(_SHAPES[pair.state], pair.state.label))


def assessment_url(pair: Pair) -> str:
    """The page of a directive on an object."""
    return reverse("compliance:assessment", args=[pair.directive_id, pair.slug])


def product_text(pair: Pair) -> str:
    """What the object is an individual of."""
    return f"P/N {pair.part_number}" if pair.component_id else pair.product


def value_text(value: Value) -> str:
    """A counter's total, such as "Airborne 4812.3 h"."""
    display = Display(value.display) if value.unit is Unit.SECONDS else Display.DECIMAL_1
    shown = format_quantity(value.value, value.unit, display)
    return f"{value.counter} {shown}{' h' if value.unit is Unit.SECONDS else ''}"


def next_text(part: Part) -> str:
    """What is next under a paragraph, in words."""
    if part.due is not None:
        known = due_words.limits_text(part.due.terms)
        # A limit that nobody can tell is said: half of "whichever comes later" would read like the whole.
        unknown = [due_words.REASON_WORDS[one.unknown] for one in part.due.terms if one.unknown and one.limit is None]
        return "; ".join(part for part in (known, *(f"unknown: {why}" for why in dict.fromkeys(unknown))) if part)
    return "nothing further" if part.ended else "not demanded"
