"""Names of files below a connection's folder. Pure: what leads elsewhere is refused before anything is opened."""

import fnmatch

from hangarlink.integration.contract import DataError

LONGEST = 400
DEEPEST = 8


def parts_of(name: str) -> list[str]:
    """ "out/today.csv" as its parts. Raises DataError for an absolute, upward, hidden or unprintable name."""
    parts = name.split("/")
    if not 0 < len(name) <= LONGEST or len(parts) > DEEPEST:
        raise DataError(f"{name[:60]!r} is not the name of a file.")
    for part in parts:
        if (
            not part
            or part.startswith(".")
            or "\\" in part
            or ":" in part
            or not part.isprintable()
            or part != part.strip()
        ):
            raise DataError(f"{name[:60]!r} leads out of the connection's folder, or is hidden.")
    return parts


def folder_parts(folder: str) -> list[str]:
    """The same for a folder; "" is the connection's own."""
    return parts_of(folder.strip("/")) if folder.strip("/") else []


def is_wanted(name: str, pattern: str) -> bool:
    """Whether a plain name may be listed and matches."""
    try:
        parts_of(name)
    except DataError:
        return False
    return fnmatch.fnmatchcase(name, pattern)
