"""Every word of these rooms has its Chinese and its Russian: none forgotten, no page in two languages."""

import io
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Message = tuple[str | None, str | tuple[str, ...]]
ROOMS = ["market/portal", "market/drivers", "catalog", "orders/outbound"]


def spoken_in(room: str) -> set[Message]:
    """(context, text) of everything marked for translation in the room's Python files and templates."""
    found: set[Message] = set()
    for path in (settings.BASE_DIR / room).rglob("*"):
        if path.suffix == ".html":
            source = templatize(path.read_text(encoding="utf-8")).encode()
        elif path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_bytes()
        else:
            continue
        for _line, message, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
            found.add((context, message if isinstance(message, str) else tuple(message)))
    return found


def known_in(language: str) -> set[Message]:
    found: set[Message] = set()
    for room in ("market", "catalog", "orders", "search"):
        for path in Path(settings.BASE_DIR / room).glob(f"**/locale/{language}/LC_MESSAGES/django.po"):
            with path.open("rb") as source:
                for message in read_po(source, locale=language):
                    text = message.id if isinstance(message.id, str) else tuple(message.id)
                    if text:
                        found.add((message.context, text))
    return found


@pytest.mark.parametrize("language", ["zh_Hans", "ru"])
@pytest.mark.parametrize("room", ROOMS)
def test_everything_a_room_says_is_translated(room: str, language: str) -> None:
    assert spoken_in(room) - known_in(language) == set()
