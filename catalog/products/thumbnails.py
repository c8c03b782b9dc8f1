"""Thumbnails: WebP at fixed widths, rendered once when the picture is uploaded."""

import io
import warnings
from collections.abc import Sequence

from PIL import Image, ImageOps, UnidentifiedImageError

WIDTHS = (160, 320, 480, 800, 1200)
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class UnreadablePictureError(ValueError):
    pass


def render_thumbnails(raw: bytes, widths: Sequence[int] = WIDTHS) -> dict[int, bytes]:
    """Width in pixels -> WebP bytes, for each of `widths` below the picture's own, or one for that. Turned upright by
    EXIF, without metadata (no camera position leaves the house). Raises UnreadablePictureError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise UnreadablePictureError("too many pixels")
                picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ) as error:
        raise UnreadablePictureError(str(error)) from error
    fitting = [width for width in widths if width < picture.width] or [picture.width]
    return {width: _webp(picture, width) for width in fitting}


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height of one of our own renderings."""
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.size


def _webp(picture: Image.Image, width: int) -> bytes:
    height = max(1, round(picture.height * width / picture.width))
    out = io.BytesIO()
    picture.resize((width, height), Image.Resampling.LANCZOS).save(out, "WEBP", quality=72, method=4)
    return out.getvalue()
