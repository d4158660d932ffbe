"""What is wrong with a file of cases: where it stands, in which case and field, and what to write instead."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong.

    line   in the file, from 1
    case   its id; "" for the file itself
    field  such as `steps.3.read.hours`
    """

    file: str
    line: int
    case: str
    field: str
    message: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (f"case {self.case}" if self.case else "", self.field) if part)
        return f"{self.file}:{self.line}: {where + ': ' if where else ''}{self.message}"


class FileInvalid(Exception):
    """A file that cannot be run, with every problem found in it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
