"""Crops of the sample season: names, HS codes (HS 2022) and price levels.

`yuan_per_kg` is twice the mean of the daily average prices per half kilogram that Beijing's Xinfadi wholesale market
published from 2013 to 2016 (our own arithmetic over the reports; none of their rows are kept here).
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Crop:
    slug: str
    category: str
    zh: str
    en: str
    ru: str
    hs_code: str
    months: tuple[int, ...]
    yuan_per_kg: Decimal
    colour: str


CROPS = (
    Crop(
        "hami-melon", "melons", "哈密瓜", "Hami melon", "Дыня хами", "080719", (6, 7, 8, 9), Decimal("5.14"), "#d9a441"
    ),
    Crop(
        "xizhou-melon",
        "melons",
        "西州密",
        "Xizhou melon",
        "Дыня сичжоу",
        "080719",
        (5, 6, 7, 8),
        Decimal("4.76"),
        "#9fae4a",
    ),
    Crop(
        "jiashi-melon",
        "melons",
        "伽师瓜",
        "Jiashi melon",
        "Дыня цзяши",
        "080719",
        (7, 8, 9, 10),
        Decimal("3.62"),
        "#556b2f",
    ),
    Crop(
        "korla-pear",
        "pome",
        "库尔勒香梨",
        "Korla fragrant pear",
        "Ароматная груша корла",
        "080830",
        (9, 10),
        Decimal("7.00"),
        "#b5bd4c",
    ),
    Crop(
        "aksu-apple",
        "pome",
        "冰糖心苹果",
        "Sugar-heart apple",
        "Яблоко «сахарное сердце»",
        "080810",
        (10, 11),
        Decimal("8.66"),
        "#b8352c",
    ),
    Crop(
        "red-grape",
        "grapes",
        "红提葡萄",
        "Red Globe grape",
        "Виноград ред глоб",
        "080610",
        (8, 9, 10),
        Decimal("12.78"),
        "#7a2a45",
    ),
    Crop(
        "muscat-grape",
        "grapes",
        "玫瑰香葡萄",
        "Muscat Hamburg grape",
        "Виноград мускат гамбургский",
        "080610",
        (8, 9),
        Decimal("4.62"),
        "#51355e",
    ),
    Crop(
        "seedless-grape",
        "grapes",
        "无籽露葡萄",
        "Seedless white grape",
        "Виноград белый бессемянный",
        "080610",
        (7, 8, 9),
        Decimal("8.30"),
        "#b7c777",
    ),
    Crop(
        "mare-grape",
        "grapes",
        "马奶葡萄",
        "Manai grape",
        "Виноград манай",
        "080610",
        (8, 9),
        Decimal("7.90"),
        "#a9bf65",
    ),
    Crop("flat-peach", "stone", "蟠桃", "Flat peach", "Инжирный персик", "080930", (7, 8), Decimal("10.52"), "#dd8e7a"),
    Crop(
        "apricot",
        "stone",
        "新疆杏",
        "Xinjiang apricot",
        "Синьцзянский абрикос",
        "080910",
        (6, 7),
        Decimal("21.42"),
        "#e39a3b",
    ),
    Crop(
        "winter-jujube",
        "jujube",
        "冬枣",
        "Winter jujube",
        "Зимний финик унаби",
        "081090",
        (9, 10),
        Decimal("9.74"),
        "#8a4b2a",
    ),
    Crop(
        "green-walnut",
        "nuts",
        "青皮核桃",
        "Green-husk walnut",
        "Грецкий орех в кожуре",
        "080231",
        (8, 9),
        Decimal("4.92"),
        "#6d7c45",
    ),
)
CATEGORIES = (
    ("melons", "甜瓜", "Melons", "Дыни"),
    ("pome", "苹果和梨", "Apples and pears", "Яблоки и груши"),
    ("grapes", "葡萄", "Grapes", "Виноград"),
    ("stone", "桃和杏", "Peaches and apricots", "Персики и абрикосы"),
    ("jujube", "红枣", "Jujubes", "Унаби"),
    ("nuts", "核桃", "Walnuts", "Грецкие орехи"),
)
# Fictional brands of growing places, told apart by a slope, a canal, a grove.
PLACES = (
    ("北渠", "North Canal", "Северный канал"),
    ("南坡", "South Slope", "Южный склон"),
    ("老林", "Old Grove", "Старая роща"),
)
