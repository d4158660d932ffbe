"""The design tokens: every text colour is readable on what it stands on, in both modes (WCAG 2.2, AA)."""

import re
from pathlib import Path

import pytest

import hangarlink.web

CSS = (Path(hangarlink.web.__file__).parent / "static/web/tokens.css").read_text()
STATES = ("ok", "due_soon", "restricted", "unknown", "grounded")


def tokens(mode: str) -> dict[str, str]:
    block = CSS.split(f'[data-bs-theme="{mode}"] {{')[1].split("}")[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_is_readable(mode: str) -> None:
    found = tokens(mode)
    pairs = [
        (text, ground) for text in ("text", "muted", "accent") for ground in ("canvas", "surface", "sunken", "hover")
    ]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent-strong", "accent-soft")]
    pairs += [("text", "accent-soft"), ("muted", "accent-soft")]
    for state in STATES:
        pairs += [
            (f"state-{state}", ground)
            for ground in ("canvas", "surface", "hover", f"state-{state}-soft", "accent-soft")
        ]
        pairs.append(("text", f"state-{state}-soft"))
    for text, ground in pairs:
        ratio = contrast(found[text], found[ground])
        assert ratio >= 4.5, f"{mode}: {text} on {ground} has {ratio:.2f}"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_shapes_and_edges_of_inputs_are_seen(mode: str) -> None:
    found = tokens(mode)
    for state in STATES:
        assert contrast(found[f"state-{state}"], found["state-ink"]) >= 3, state
    for ground in ("canvas", "surface"):
        assert contrast(found["line-strong"], found[ground]) >= 3, ground


def test_both_modes_say_the_same_tokens() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


def test_state_colours_are_used_for_state_only() -> None:
    """No rule outside states, notes, messages of refusal and dangerous buttons takes a state colour."""
    sheet = (Path(hangarlink.web.__file__).parent / "static/web/app.css").read_text()
    allowed = re.compile(r"state|note-|field-error|\.error|btn-danger|refused|tree-why|offline")
    for rule in re.findall(r"([^{}]+)\{([^{}]*var\(--state-(?!ink)[^{}]*)\}", sheet):
        assert allowed.search(rule[0]), rule[0].strip()
