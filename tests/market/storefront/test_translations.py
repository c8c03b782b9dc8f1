"""Every word of the shop and of the shell stands in both catalogues: pages never mix languages."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

CALLS = dict.fromkeys(("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"))
ROOMS = ("market/storefront", "market/common")


def said() -> Iterator[str]:
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*")):
            if path.suffix not in (".html", ".py") or "migrations" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            code = templatize(text) if path.suffix == ".html" else text
            for _line, _call, message, _comments in extract_python(io.BytesIO(code.encode()), CALLS, [], {}):
                words = [word for word in _listed(message) if word]
                if words:
                    yield str(words[0])


def _listed(message: Any) -> list[Any]:
    return [message] if isinstance(message, str) else list(message)


def known(locale: str) -> set[str]:
    found: set[str] = set()
    for room in ("market", "catalog", "orders", "search"):
        for path in (settings.BASE_DIR / room).glob(f"**/locale/{locale}/LC_MESSAGES/django.po"):
            found |= _messages(path, locale)
    return found


def _messages(path: Path, locale: str) -> set[str]:
    with path.open("rb") as source:
        return {_first(message.id) for message in read_po(source, locale=locale) if message.id}


def _first(words: str | list[str] | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else words[0]


@pytest.mark.parametrize("locale", ["zh_Hans", "ru"])
def test_everything_said_is_translated(locale: str) -> None:
    assert sorted(set(said()) - known(locale)) == []
