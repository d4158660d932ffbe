"""Events people record: the codes that every fleet knows, and how a code must look."""

import re

from hangarlink.platform.errors import RuleBroken

# What maintenance data asks about (domain rule 1.2.1); an account may use codes of its own beside these.
READY = (
    "bird_strike", "engine_change", "engine_overspeed", "engine_overtemperature", "flap_overspeed", "hard_landing",
    "lightning_strike", "overtorque", "overweight_landing", "propeller_change", "propeller_strike",
    "severe_turbulence", "shop_visit", "window_installed",
)  # fmt: skip
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def code_of(said: str) -> str:
    """A code from what was typed: "Hard landing" is `hard_landing`. Raises RuleBroken."""
    found = re.sub(r"[\s\-_]+", "_", str(said).strip().lower())
    if not _CODE.fullmatch(found):
        raise RuleBroken(
            f"code: {said!r} must begin with a letter and have letters, digits and underscores, at most 40, such as "
            "hard_landing.",
            field="code",
        )
    return found
