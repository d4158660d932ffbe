"""Looking into files: what they are, and drawing pictures anew. Pure; treats every byte as hostile."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from hangarlink.platform.documents.rules import JPEG, PDF, PNG, WEBP

_FORMATS = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}
_MAX_PIXELS = 40_000_000
_LONGEST_EDGE = 2560


@dataclass(frozen=True)
class Content:
    """Bytes, what they are, and for images their size in pixels."""

    data: bytes
    media_type: str
    width: int | None = None
    height: int | None = None


def look_into(data: bytes, *, redraw: bool) -> Content:
    """What these bytes are; media_type "" when they are damaged, too many pixels, or nothing we know.

    redraw  images come back drawn anew: at most 2560 pixels long, upright, without metadata or anything appended
    """
    if data.startswith(b"%PDF-"):
        return Content(data, PDF)
    try:
        return _redrawn(data) if redraw else _as_it_is(data)
    except Exception:  # noqa: BLE001 - decoders raise anything at all on hostile input
        return Content(data, "")


def _open(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=tuple(_FORMATS))
    if image.width * image.height > _MAX_PIXELS:
        raise ValueError("too many pixels")
    return image


def _as_it_is(data: bytes) -> Content:
    with _open(data) as image:
        image.verify()
        return Content(data, _FORMATS[str(image.format)], image.width, image.height)


def _redrawn(data: bytes) -> Content:
    with _open(data) as image:
        format_ = str(image.format)
        image.draft("RGB", (_LONGEST_EDGE, _LONGEST_EDGE))  # a JPEG is decoded at a fraction of its size
        image.load()
        drawn = ImageOps.exif_transpose(image)
        drawn = drawn.convert("RGBA" if drawn.has_transparency_data and format_ != "JPEG" else "RGB")
        drawn.thumbnail((_LONGEST_EDGE, _LONGEST_EDGE))
        bare = Image.new(drawn.mode, drawn.size)  # carries the pixels over and nothing else
        bare.paste(drawn)
        out = io.BytesIO()
        bare.save(out, format_, quality=88)
        return Content(out.getvalue(), _FORMATS[format_], bare.width, bare.height)
