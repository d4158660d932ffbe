"""Which files are accepted, and under what name they are kept. What is in a file decides, never what it is called."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from hangarlink.platform.errors import RuleBroken

MEGABYTE = 2**20
PDF = "application/pdf"
JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
IMAGES = frozenset((JPEG, PNG, WEBP))
# The first suffix is the one we give; the others are left as they are.
SUFFIXES = {JPEG: (".jpg", ".jpeg"), PNG: (".png",), WEBP: (".webp",), PDF: (".pdf",)}
_NAMES = {JPEG: "JPEG", PNG: "PNG", WEBP: "WebP", PDF: "PDF"}
_LONGEST_NAME = 150


@dataclass(frozen=True)
class Policy:
    """What may be stored for one purpose.

    redrawn  a picture is decoded and written anew: smaller, upright, without position, camera and owner in it. A paper
             that may have to be shown as it was received is kept byte for byte
    """

    media_types: frozenset[str]
    max_bytes: int
    redrawn: bool = False

    def accepted(self) -> str:
        return ", ".join(name for media_type, name in _NAMES.items() if media_type in self.media_types)


PICTURE = Policy(IMAGES, 10 * MEGABYTE, redrawn=True)
PAPER = Policy(IMAGES | {PDF}, 20 * MEGABYTE)


def check_size(size: int, policy: Policy, name: str, field: str) -> None:
    """Refuse an empty file and one over the policy's limit; `size` need not be exact above it."""
    if size == 0:
        raise RuleBroken(f"{name} is empty. Choose another file.", field=field)
    if size > policy.max_bytes:
        limit = policy.max_bytes // MEGABYTE
        raise RuleBroken(
            f"{name} is larger than {limit} MB, the most for this file. Choose a smaller one.", field=field
        )


def check_type(media_type: str, policy: Policy, name: str, field: str) -> None:
    """`media_type` is what was found inside, "" when it is none we know."""
    if media_type not in policy.media_types:
        found = f"is {_NAMES[media_type]}" if media_type else "is damaged or of another kind"
        raise RuleBroken(f"{name} {found}. Accepted are: {policy.accepted()}.", field=field)


def clean_name(given: str, media_type: str = "") -> str:
    """The name people see and download under: no path, no control or direction characters, a suffix that is true."""
    name = PurePosixPath(given.replace("\\", "/")).name
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[\s<>:"|?*;%]+', " ", name).strip(" .")[:_LONGEST_NAME].strip(" .") or "file"
    suffixes = SUFFIXES.get(media_type, ())
    return name if not suffixes or name.lower().endswith(suffixes) else name + suffixes[0]
