"""The pieces sample pictures are drawn from: one fruit with light and shade, or one package on a table."""

import math
import random

from PIL import Image, ImageColor, ImageDraw, ImageFilter

Colours = tuple[str, str]
PILED = frozenset(
    "wrinkled round walnut kernel almond pear apple ring grape raisin netted flat oval crowned chilli striped "
    "grain".split()
)
# Height to width of the outline; the rest is drawn as an ellipse with what makes it known.
SQUEEZE = {"almond": 0.58, "raisin": 0.62, "oval": 0.74, "wrinkled": 0.76, "grain": 0.34, "striped": 0.46, "flat": 0.7}


def heap_sprite(shape: str, colours: Colours, size: int, chance: random.Random) -> Image.Image:
    """One fruit, turned and tinted a little by chance, with a transparent surround."""
    big = size * 2
    outline = _outline(shape, big)
    tint = chance.uniform(-0.12, 0.12)
    fruit = _shaded(big, _mixed(colours[0], tint), _mixed(colours[1], tint))
    pen = ImageDraw.Draw(fruit, "RGBA")
    MARKS.get(shape, _no_marks)(pen, big, chance)
    fruit.putalpha(outline)
    turned = {"apple": 25, "pear": 40, "crowned": 30, "grape": 180}.get(shape, 180)
    fruit = fruit.rotate(chance.uniform(-turned, turned), Image.Resampling.BICUBIC)
    return fruit.resize((size, size), Image.Resampling.LANCZOS)


def _outline(shape: str, size: int) -> Image.Image:
    mask = Image.new("L", (size, size), 0)
    pen = ImageDraw.Draw(mask)
    edge = size * 0.04
    if shape == "pear":
        pen.ellipse((size * 0.16, size * 0.36, size * 0.84, size * 0.98), fill=255)
        pen.ellipse((size * 0.32, size * 0.12, size * 0.68, size * 0.62), fill=255)
        pen.rectangle((size * 0.48, 0, size * 0.52, size * 0.2), fill=255)
        mask = mask.filter(ImageFilter.GaussianBlur(size / 28)).point(lambda value: 255 if value > 110 else 0)
    elif shape == "chilli":
        points = [(math.cos(t / 20) * size * 0.42, math.sin(t / 20) * size * 0.42) for t in range(4, 48)]
        for place, (x, y) in enumerate(points):
            width = size * 0.012 + size * 0.075 * min(1, (len(points) - place) / 22)
            pen.ellipse(
                (size / 2 + x - width, size * 0.3 + y - width, size / 2 + x + width, size * 0.3 + y + width), 255
            )
    elif shape == "kernel":
        for x, y in ((0.34, 0.36), (0.62, 0.34), (0.33, 0.62), (0.64, 0.64), (0.5, 0.5)):
            pen.ellipse((size * (x - 0.21), size * (y - 0.21), size * (x + 0.21), size * (y + 0.21)), fill=255)
    elif shape in ("almond", "striped"):
        half = SQUEEZE[shape] * size / 2
        curve = [(size * t / 40, half * math.sin(math.pi * (t / 40) ** 0.75)) for t in range(41)]
        pen.polygon([(x, size / 2 - y) for x, y in curve] + [(x, size / 2 + y) for x, y in reversed(curve)], fill=255)
    else:
        high = SQUEEZE.get(shape, 0.94) * size / 2
        pen.ellipse((edge, size / 2 - high, size - edge, size / 2 + high), fill=255)
        if shape == "crowned":
            pen.polygon(
                [(size * x, size * y) for x, y in ((0.36, 0.14), (0.4, 0), (0.5, 0.09), (0.6, 0), (0.64, 0.14))], 255
            )
        if shape == "ring":
            pen.ellipse((size * 0.38, size * 0.38, size * 0.62, size * 0.62), fill=0)
    return mask


def _shaded(size: int, dark: tuple[int, ...], light: tuple[int, ...]) -> Image.Image:
    """Light from the upper left: a radial gradient whose middle is moved there, and a small gleam."""
    wide = (
        Image.radial_gradient("L")
        .resize((size * 2, size * 2))
        .crop((round(size * 0.62), round(size * 0.66), round(size * 1.62), round(size * 1.66)))
    )
    depth = wide.point(lambda value: min(255, round(value * 1.75)))
    ball = Image.composite(Image.new("RGB", (size, size), dark), Image.new("RGB", (size, size), light), depth)
    gleam = Image.new("L", (size, size), 0)
    ImageDraw.Draw(gleam).ellipse((size * 0.24, size * 0.2, size * 0.46, size * 0.36), fill=70)
    ball.paste((255, 255, 255), (0, 0), gleam.filter(ImageFilter.GaussianBlur(size / 22)))
    return ball  # RGB: a pen of mode RGBA blends only there


def _mixed(colour: str, tint: float) -> tuple[int, ...]:
    target = 255 if tint > 0 else 0
    return tuple(round(part + (target - part) * abs(tint)) for part in ImageColor.getrgb(colour)[:3])


def _no_marks(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    return


def _wrinkles(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    for _ in range(13):
        x, y, reach = chance.uniform(0, size), chance.uniform(0.15, 0.85) * size, chance.uniform(0.18, 0.5) * size
        box = (x - reach, y - reach / 3, x + reach, y + reach / 3)
        start = chance.randint(0, 300)
        pen.arc(box, start, start + 100, fill=(40, 8, 4, 90), width=max(2, size // 34))
        pen.arc(
            tuple(v + size / 50 for v in box), start, start + 90, fill=(255, 220, 190, 45), width=max(1, size // 50)
        )


def _net(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    for _ in range(46):
        x, y = chance.uniform(0, size), chance.uniform(0, size)
        reach = chance.uniform(0.05, 0.16) * size
        start = chance.randint(0, 360)
        pen.arc(
            (x - reach, y - reach, x + reach, y + reach), start, start + 130, (250, 240, 205, 130), max(2, size // 90)
        )


def _stem(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    pen.ellipse((size * 0.38, size * 0.08, size * 0.62, size * 0.24), fill=(60, 45, 15, 110))
    pen.line((size * 0.5, size * 0.17, size * 0.56, 0), fill=(70, 50, 25, 255), width=max(3, size // 28))
    for _ in range(40):
        x, y = chance.uniform(0.1, 0.9) * size, chance.uniform(0.2, 0.95) * size
        pen.ellipse((x, y, x + size / 90, y + size / 90), fill=(255, 235, 190, 120))


def _seam(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    pen.line((size * 0.5, size * 0.03, size * 0.5, size * 0.97), fill=(80, 50, 20, 170), width=max(3, size // 26))
    for _ in range(22):
        x, y = chance.uniform(0, size), chance.uniform(0, size)
        pen.arc(
            (x, y, x + size * 0.3, y + size * 0.22),
            chance.randint(0, 200),
            chance.randint(210, 360),
            (90, 58, 26, 120),
            max(2, size // 45),
        )


def _lobes(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    pen.line((size * 0.5, size * 0.12, size * 0.5, size * 0.88), fill=(110, 70, 30, 190), width=max(3, size // 22))
    for side in (0.14, 0.56):
        for y in (0.22, 0.42, 0.6):
            box = (size * side, size * y, size * (side + 0.3), size * (y + 0.2))
            pen.arc(box, 170 + chance.randint(-20, 20), 380, fill=(120, 78, 36, 170), width=max(3, size // 30))


def _stripes(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    for y in (0.36, 0.46, 0.55, 0.64):
        pen.line(
            (0, size * 0.5, size * 0.5, size * y, size, size * 0.5), fill=(238, 230, 214, 150), width=max(2, size // 34)
        )


def _pits(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    for _ in range(26):
        x, y = chance.uniform(0.05, 0.95) * size, chance.uniform(0.25, 0.75) * size
        pen.ellipse((x, y, x + size / 40, y + size / 60), fill=(80, 50, 25, 110))


def _bloom(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    pen.ellipse((size * 0.15, size * 0.3, size * 0.8, size * 0.85), fill=(230, 232, 245, 26))
    pen.ellipse((size * 0.46, size * 0.04, size * 0.54, size * 0.12), fill=(60, 45, 25, 150))


def _cleft(pen: ImageDraw.ImageDraw, size: int, chance: random.Random) -> None:
    pen.arc(
        (size * 0.42, size * 0.1, size * 0.95, size * 0.9), 120, 240, fill=(120, 60, 30, 110), width=max(3, size // 30)
    )
    pen.ellipse((size * 0.44, size * 0.42, size * 0.56, size * 0.56), fill=(90, 50, 30, 90))


MARKS = {
    "wrinkled": _wrinkles,
    "raisin": _wrinkles,
    "netted": _net,
    "apple": _stem,
    "pear": _stem,
    "walnut": _seam,
    "kernel": _lobes,
    "striped": _stripes,
    "almond": _pits,
    "grape": _bloom,
    "oval": _bloom,
    "flat": _cleft,
}


def still_life(shape: str, colours: Colours, size: tuple[int, int]) -> Image.Image:
    """A package on a table before a pale wall."""
    width, height = size
    wall = Image.linear_gradient("L").resize(size)
    picture = Image.composite(Image.new("RGB", size, "#d9d2c3"), Image.new("RGB", size, "#f4f0e6"), wall)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.74, width, height), fill="#a98a63")
    for y in (0.79, 0.87, 0.95):
        pen.line((0, height * y, width, height * y), fill="#94754f", width=3)
    spots = {"jar": (0.3, 0.62), "bottle": (0.28, 0.5, 0.72), "can": (0.22, 0.5, 0.78), "bale": (0.3, 0.7)}
    for place, x in enumerate(spots.get(shape, (0.3, 0.68))):
        _package(picture, shape, colours, round(width * x), round(height * (0.86 + 0.03 * (place % 2))))
    return picture


# Width and height of a package as shares of the picture, and how round its sides look.
FORMS = {
    "drum": (0.3, 0.62, 0.09),
    "can": (0.24, 0.4, 0.09),
    "jar": (0.27, 0.46, 0.06),
    "bottle": (0.15, 0.5, 0.05),
    "sack": (0.3, 0.6, 0.02),
    "bale": (0.36, 0.36, 0.0),
}


def _package(picture: Image.Image, shape: str, colours: Colours, x: int, foot: int) -> None:
    share_wide, share_high, arch = FORMS[shape]
    wide, high = round(picture.width * share_wide), round(picture.height * share_high)
    body = Image.new("L", (wide, high), 0)
    pen = ImageDraw.Draw(body)
    lid = round(wide * arch * 1.6)
    if shape == "bottle":
        pen.rounded_rectangle((0, high * 0.32, wide - 1, high - 1), wide // 6, fill=255)
        pen.polygon(
            [
                (wide * 0.1, high * 0.36),
                (wide * 0.36, high * 0.16),
                (wide * 0.64, high * 0.16),
                (wide * 0.9, high * 0.36),
            ],
            255,
        )
        pen.rectangle((wide * 0.36, 0, wide * 0.64, high * 0.2), fill=255)
    elif shape in ("drum", "can"):
        pen.rectangle((0, lid // 2, wide - 1, high - lid // 2), fill=255)
        pen.ellipse((0, 0, wide - 1, lid), fill=255)
        pen.ellipse((0, high - lid - 1, wide - 1, high - 1), fill=255)
    else:
        pen.rounded_rectangle(
            (0, 0, wide - 1, high - 1), {"jar": wide // 5, "sack": wide // 9}.get(shape, wide // 30), 255
        )
    side = (
        Image.radial_gradient("L")
        .resize((wide * 2, high * 4))
        .crop((round(wide * 0.6), high, round(wide * 1.6), high * 2))
    )
    skin = Image.composite(Image.new("RGB", (wide, high), colours[0]), Image.new("RGB", (wide, high), colours[1]), side)
    _dress(ImageDraw.Draw(skin, "RGBA"), shape, wide, high, lid)
    shade = Image.new("L", (wide + 80, 60), 0)
    ImageDraw.Draw(shade).ellipse((20, 12, wide + 60, 48), fill=110)
    picture.paste((30, 20, 10), (x - wide // 2 - 30, foot - 34), shade.filter(ImageFilter.GaussianBlur(9)))
    picture.paste(skin, (x - wide // 2, foot - high), body)


def _dress(pen: ImageDraw.ImageDraw, shape: str, wide: int, high: int, lid: int) -> None:
    if shape in ("drum", "can"):
        pen.ellipse((4, 2, wide - 5, lid - 2), fill=(230, 226, 218, 255), outline=(120, 116, 108, 255), width=3)
        for y in (0.36, 0.68):
            pen.arc((0, high * y, wide, high * y + lid), 0, 180, fill=(0, 0, 0, 60), width=5)
    if shape in ("jar", "bottle"):
        top = 0.12 if shape == "jar" else 0.1
        pen.rectangle((0, 0, wide, high * top), fill=(96, 72, 44, 255))
        pen.rectangle((0, high * 0.5, wide, high * 0.82), fill=(250, 246, 234, 235))
        pen.ellipse(
            (wide * 0.38, high * 0.57, wide * 0.62, high * 0.57 + wide * 0.24), outline=(120, 96, 60, 255), width=4
        )
    if shape == "can":
        pen.rectangle((0, high * 0.36, wide, high * 0.74), fill=(250, 246, 234, 235))
        pen.ellipse((wide * 0.36, high * 0.44, wide * 0.64, high * 0.44 + wide * 0.28), fill=(196, 58, 42, 255))
    if shape == "sack":
        pen.rectangle((0, 0, wide, high * 0.07), fill=(150, 132, 100, 255))
        pen.line((0, high * 0.045, wide, high * 0.045), fill=(245, 240, 228, 255), width=3)
        pen.rectangle((wide * 0.14, high * 0.3, wide * 0.86, high * 0.66), outline=(64, 96, 134, 255), width=5)
        pen.polygon(
            [(wide * 0.5, high * 0.37), (wide * 0.64, high * 0.56), (wide * 0.36, high * 0.56)], fill=(64, 96, 134, 255)
        )
    if shape == "bale":
        for y in (0.2, 0.42, 0.64, 0.86):
            pen.line((0, high * y, wide, high * y), fill=(122, 110, 92, 255), width=4)
        pen.rectangle(
            (wide * 0.62, high * 0.48, wide * 0.88, high * 0.6), fill=(250, 250, 246, 255), outline=(90, 90, 90, 255)
        )
