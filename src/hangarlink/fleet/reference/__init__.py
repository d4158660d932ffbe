"""Systems of an aircraft by number: ATA chapters and the JASC codes under them. Reference, shipped with the product.

JASC codes are the FAA's Joint Aircraft System/Component Code Table (public domain); chapter titles are common usage.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Chapter:
    """A chapter such as 32, Landing gear."""

    number: str
    group: str
    title: str


@dataclass(frozen=True)
class JascCode:
    """A system or component such as 3230, Landing gear retract/extend system."""

    code: str
    name: str
    chapter: str

    @property
    def ata(self) -> str:
        """How an ATA reference names it: 32-30."""
        return f"{self.code[:2]}-{self.code[2:]}"


@cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters in order."""
    return tuple(Chapter(row["chapter"], row["group"], row["title"]) for row in _rows("ata_chapters.csv"))


@cache
def jasc_codes() -> tuple[JascCode, ...]:
    """All codes in order."""
    rows = _rows("jasc_codes.csv")
    return tuple(JascCode(row["jasc_code"], row["name"].capitalize(), row["chapter"]) for row in rows)


def title_of(ata: str) -> str:
    """What an ATA reference is about: the most specific title known, "" for none. 32, 32-30 and 32-30-00 are known."""
    digits = ata.replace("-", "")
    code = next((one for one in jasc_codes() if one.code == digits[:4]), None) if len(digits) >= 4 else None
    if code:
        return code.name
    return next((one.title for one in chapters() if one.number == digits[:2]), "")


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files(__name__).joinpath(name).read_text("utf-8").splitlines()))
