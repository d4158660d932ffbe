"""Texts people type: one line, a paragraph, a reason. Refused when they cannot be stored."""

from hangarlink.platform.errors import RuleBroken

LONGEST_REASON = 300
LONGEST_TEXT = 10_000


def line(field: str, said: str, limit: int) -> str:
    """One line without surplus blanks."""
    found = " ".join(str(said).split())
    if len(found) > limit or "\x00" in found:
        raise RuleBroken(f"{field}: at most {limit} printable characters, it has {len(found)}.", field=field)
    return found


def text(field: str, said: str) -> str:
    """Any number of lines."""
    found = str(said).strip()
    if len(found) > LONGEST_TEXT or "\x00" in found:
        raise RuleBroken(f"{field}: at most {LONGEST_TEXT} printable characters, it has {len(found)}.", field=field)
    return found


def reason_given(said: str) -> str:
    """Why something on record changes; it stays with the record."""
    reason = line("reason", said, LONGEST_REASON)
    if not reason:
        raise RuleBroken("Say why: the reason stays with the record.", field="reason")
    return reason
