"""The category tree as pages show it: kept for some seconds, a picture for each."""

from collections.abc import Sequence

from catalog.products.models import Category
from catalog.products.queries import all_categories

TILES = 7
_FEW = 4
# A drawing of the sprite by a word in the slug; the first that fits.
_ICONS = (
    ("melon", "melon"),
    ("pome", "apple"),
    ("apple", "apple"),
    ("pear", "apple"),
    ("grape", "grape"),
    ("raisin", "grape"),
    ("wine", "wine"),
    ("stone", "cherry"),
    ("jujube", "jujube"),
    ("dried", "sun"),
    ("berr", "cherry"),
    ("nut", "nut"),
    ("cotton", "cotton"),
    ("grain", "wheat"),
    ("flour", "wheat"),
    ("rice", "wheat"),
    ("dairy", "milk"),
    ("milk", "milk"),
    ("meat", "beef"),
    ("lamb", "beef"),
    ("beef", "beef"),
    ("vegetable", "carrot"),
    ("tomato", "tomato"),
    ("bean", "bean"),
    ("pulse", "bean"),
    ("oil", "droplets"),
    ("honey", "droplets"),
    ("juice", "droplets"),
    ("textile", "shirt"),
    ("tea", "leaf"),
    ("herb", "leaf"),
    ("fruit", "apple"),
)


def category_tree() -> Sequence[Category]:
    return all_categories()


def children(tree: Sequence[Category], parent: Category | None) -> list[Category]:
    rows = [row for row in tree if row.parent_id == (parent.pk if parent else None)]
    return sorted(rows, key=lambda row: (row.position, row.path))


def ancestors(tree: Sequence[Category], row: Category) -> list[Category]:
    """From the root down to the parent."""
    return [other for other in tree if other.pk != row.pk and row.path.startswith(other.path)]


def picture_of(row: Category) -> str:
    return next((picture for word, picture in _ICONS if word in row.slug), "sprout")


def tiles(tree: Sequence[Category]) -> list[tuple[Category, str]]:
    """The first seven of the top level, which fill two rows on a phone together with "all"; where that has less than
    four, what stands below it."""
    rows = children(tree, None)
    if len(rows) < _FEW:
        rows = [below for row in rows for below in (children(tree, row) or [row])]
    return [(row, picture_of(row)) for row in rows[:TILES]]
