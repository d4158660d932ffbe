"""Example directives that come with the product. Their texts prevail; they are for learning and trying."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from hangarlink.maintenance.compliance.rules.words import DirectiveKind, ParagraphKind, named

NOTE = (
    "Example. Its limits were taken from a public summary: compare them with the text of the directive, which prevails."
)


@dataclass(frozen=True)
class ExampleParagraph:
    """A paragraph; `schedule` is None where the summary gives no limits."""

    title: str
    code: str
    kind: ParagraphKind
    schedule: Mapping[str, Any] | None


@dataclass(frozen=True)
class Example:
    """A directive as it can be taken over."""

    kind: DirectiveKind
    issuer: str
    number: str
    subject: str
    ata: str
    effective_on: date | None
    applies: str
    compliance: str
    source: str
    note: str
    paragraphs: tuple[ExampleParagraph, ...]

    @property
    def name(self) -> str:
        return named(self.kind, self.number)


@cache
def examples() -> tuple[Example, ...]:
    """All of them, in the order of the file."""
    text = files(__name__).joinpath("directives.toml").read_text(encoding="utf-8")
    return tuple(_example(one) for one in tomllib.loads(text)["directive"])


def _example(given: dict[str, Any]) -> Example:
    parts = tuple(
        ExampleParagraph(
            one["title"], one.get("code", ""), ParagraphKind(one.get("kind", "action")), one.get("schedule")
        )
        for one in given["paragraph"]
    )
    return Example(
        kind=DirectiveKind(given["kind"]), issuer=given["issuer"], number=given["number"], subject=given["subject"],
        ata=given.get("ata", ""), effective_on=given.get("effective_on"), applies=given["applies"],
        compliance=given["compliance"], source=given["source"], note=f"{NOTE} {given['note']}", paragraphs=parts,
    )  # fmt: skip
