"""Old and new values side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.web.audit.words import value_text


@dataclass(frozen=True)
class Change:
    """One value that changed. Of a list, only what came and went.

    old, new  None: there was none
    """

    name: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.name}: {self.new}"
        return f"{self.name}: {self.old} -> {self.new if self.new is not None else 'removed'}"


def changes_of(entry: AuditEntry) -> list[Change]:
    """The values of an audit row, in the order in which they were written."""
    old: Mapping[str, Any] = entry.old or {}
    new: Mapping[str, Any] = entry.new or {}
    return [_change(name, old, new) for name in dict.fromkeys([*old, *new])]


def _change(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    before, after = old.get(name), new.get(name)
    words = name.replace("_", " ")
    if isinstance(before, list) and isinstance(after, list):
        gone, come = [v for v in before if v not in after], [v for v in after if v not in before]
        return Change(words, value_text(gone), value_text(come))
    return Change(words, value_text(before) if name in old else None, value_text(after) if name in new else None)


def as_text(entry: AuditEntry) -> str:
    """For a spreadsheet cell."""
    return "; ".join(str(change) for change in changes_of(entry))


def as_table(entry: AuditEntry) -> SafeString:
    """For a page: name, old, new."""
    return format_html(
        '<table class="diff"><tbody>{}</tbody></table>',
        format_html_join("", "<tr><th>{}</th>{}{}</tr>", (_cells(change) for change in changes_of(entry))),
    )


def _cells(change: Change) -> tuple[str, SafeString, SafeString]:
    if change.old is None:
        return change.name, format_html("{}", ""), format_html('<td colspan="2"><ins>{}</ins></td>', change.new)
    old = format_html("<td><del>{}</del></td>", change.old)
    return change.name, old, format_html("<td><ins>{}</ins></td>", change.new if change.new is not None else "–")
