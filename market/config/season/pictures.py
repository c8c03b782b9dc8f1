"""One drawn picture per crop, the same bytes every time."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from market.config.season.crops import Crop

WIDTHS = (320, 640)


def store_picture(crop: Crop) -> tuple[str, dict[str, str]]:
    """Storage path of the picture, and of each thumbnail by width; stored once, found the second time."""
    picture = Image.new("RGB", (960, 720), "#f3efe4")
    draw = ImageDraw.Draw(picture)
    for column in range(4):
        for row in range(3):
            left, top = 60 + column * 220, 50 + row * 220
            draw.ellipse((left, top, left + 180, top + 180), fill=crop.colour, outline="#5b4a36", width=4)
            draw.line((left + 90, top, left + 100, top - 24), fill="#5b4a36", width=8)
    thumbnails = {}
    for width in WIDTHS:
        small = picture.resize((width, width * 3 // 4))
        thumbnails[str(width)] = _store(f"products/{width}/season-{crop.slug}.webp", small, "WEBP")
    return _store(f"products/original/season-{crop.slug}.png", picture, "PNG"), thumbnails


def _store(path: str, picture: Image.Image, kind: str) -> str:
    if not default_storage.exists(path):
        buffer = BytesIO()
        picture.save(buffer, kind)
        return default_storage.save(path, ContentFile(buffer.getvalue()))
    return path
