"""One drawn picture per crop, the same bytes every time: a heap of fruit, or a drum, a bale, a jar on a table."""

import random
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFilter

from market.config.season.crops import Crop
from market.config.season.sprites import PILED, heap_sprite, still_life

SIZE = (800, 600)
WIDTHS = (160, 320, 480, 800)
# How many stand in a row and how big one is, as a share of the picture's width.
DENSITY = {
    "netted": (4, 0.30), "apple": (5, 0.24), "pear": (6, 0.24), "crowned": (5, 0.24), "flat": (6, 0.20),
    "ring": (6, 0.20), "round": (7, 0.17), "oval": (8, 0.16), "walnut": (8, 0.16), "kernel": (9, 0.14),
    "wrinkled": (9, 0.15), "grape": (10, 0.115), "almond": (11, 0.12), "raisin": (14, 0.09), "chilli": (9, 0.22),
    "striped": (13, 0.11), "grain": (22, 0.065),
}  # fmt: skip
Pictures = dict[str, tuple[str, dict[str, str]]]


def store_picture(crop: Crop) -> tuple[str, dict[str, str]]:
    """Storage path of the picture, and of each thumbnail by width; stored once, found the second time."""
    paths = {width: f"products/{width}/season-{crop.slug}.webp" for width in WIDTHS}
    original = f"products/original/season-{crop.slug}.webp"
    if not default_storage.exists(original):
        picture = draw(crop)
        for width, path in paths.items():
            small = picture.resize((width, width * 3 // 4), Image.Resampling.LANCZOS)
            _store(path, small)
        _store(original, picture)
    return original, {str(width): path for width, path in paths.items()}


def draw(crop: Crop) -> Image.Image:
    chance = random.Random(f"picture of {crop.slug}")  # noqa: S311 - the same picture every time
    if crop.shape not in PILED:
        return still_life(crop.shape, crop.colours, SIZE)
    picture = _table(crop.colours[0])
    row, share = DENSITY[crop.shape]
    size = round(SIZE[0] * share)
    sprites = [heap_sprite(crop.shape, crop.colours, size, chance) for _ in range(6)]
    step = SIZE[0] / row
    spots = [
        (round(x * step + chance.uniform(-0.4, 0.4) * step), round(y * step * 0.82 + chance.uniform(-0.3, 0.3) * step))
        for y in range(round(SIZE[1] / (step * 0.82)) + 1)
        for x in range(row + 1)
    ]
    shadow = _shadow(size)
    for x, y in sorted(spots, key=lambda spot: spot[1]):
        sprite = chance.choice(sprites)
        picture.paste((25, 15, 8), (x - size // 2 + size // 16, y - size // 2 + size // 8), shadow)
        picture.paste(sprite, (x - sprite.width // 2, y - sprite.height // 2), sprite)
    return picture


def _table(colour: str) -> Image.Image:
    """A dark ground of the crop's own hue: gaps in the heap look deep, not empty."""
    ground = Image.new("RGB", SIZE, colour)
    return Image.blend(ground, Image.new("RGB", SIZE, "#1c140e"), 0.6)


def _shadow(size: int) -> Image.Image:
    mask = Image.new("L", (size, size), 0)
    ImageDraw.Draw(mask).ellipse((size // 8, size // 8, size - size // 8, size - size // 8), fill=120)
    return mask.filter(ImageFilter.GaussianBlur(size / 12))


def _store(path: str, picture: Image.Image) -> None:
    buffer = BytesIO()
    picture.save(buffer, "WEBP", quality=74, method=3)
    default_storage.save(path, ContentFile(buffer.getvalue()))
