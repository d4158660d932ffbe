"""What may be said about a customer. Pure."""

import re
from enum import StrEnum

from hangarlink.platform.errors import RuleBroken

LONGEST_TERMS = 365
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
_COUNTRY = re.compile(r"[A-Z]{2}")


class Standing(StrEnum):
    """ARCHIVED: kept with its trips and invoices, no longer offered for new ones."""

    ACTIVE = "active"
    ARCHIVED = "archived"


STEPS: dict[tuple[Standing, str], Standing] = {
    (Standing.ACTIVE, "archive"): Standing.ARCHIVED,
    (Standing.ARCHIVED, "restore"): Standing.ACTIVE,
}


def step(standing: Standing, action: str) -> Standing:
    """The standing after the action. Raises RuleBroken where the table has no such step."""
    following = STEPS.get((standing, action))
    if following is None:
        raise RuleBroken(f"The customer is {standing} already.", field="status")
    return following


def checked_email(email: str) -> str:
    """One address, or none."""
    text = email.strip()
    if text and (len(text) > 254 or not _EMAIL.fullmatch(text)):
        raise RuleBroken(f"{text!r:.80} is not an e-mail address. Write one, like ops@example.com.", field="email")
    return text


def checked_country(country: str) -> str:
    """An ISO 3166 code of two letters, or none."""
    code = country.strip().upper()
    if code and not _COUNTRY.fullmatch(code):
        raise RuleBroken(f"{country!r:.40} is not a country code. Use its two letters, such as DK.", field="country")
    return code


def checked_payment_days(days: int) -> int:
    """How many days after its date an invoice is due."""
    if not 0 <= days <= LONGEST_TERMS:
        raise RuleBroken(
            f"{days} days to pay are not possible. Give 0 (at once) to {LONGEST_TERMS}.", field="payment_days"
        )
    return days
