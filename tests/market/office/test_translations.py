import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

PLACES = (
    "market/office/**/*.py",
    "market/office/**/*.html",
    "market/enterprises/items.py",
    "market/enterprises/checks.py",
    "market/enterprises/models.py",
    "market/enterprises/actions/admission.py",
    "market/enterprises/invitation_mail.py",
    "orders/actions/confirm_*.py",
    "orders/actions/decide_transfer.py",
    "orders/payments/models.py",
    "orders/payments/errors.py",
    "search/products/actions/keep_*.py",
)
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "gettext_noop": None,
    "_": None,
    "pgettext": ((1, "c"), 2),
}


def messages_of(path: Path) -> set[str]:
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        text = re.sub(r"^[ \t]+", "", templatize(text), flags=re.M)
    found = extract("python", BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    return {message[0] if isinstance(message, tuple) else message for _line, message, _notes, _context in found}


def translated(language: str) -> set[str]:
    known: set[str] = set()
    for room in ("market", "catalog", "orders", "search"):
        for path in (settings.BASE_DIR / room).glob(f"**/locale/{language}/LC_MESSAGES/django.po"):
            with path.open("rb") as source:
                for message in read_po(source, locale=language):
                    known.add(message.id if isinstance(message.id, str) else message.id[0])
    return known


def sources() -> list[Path]:
    return [path for place in PLACES for path in settings.BASE_DIR.glob(place)]


@pytest.mark.parametrize("language", ["zh_Hans", "ru"])
def test_every_text_of_the_office_and_of_admission_is_translated(language: str) -> None:
    wanted = {text for path in sources() for text in messages_of(path) if text}

    assert len(wanted) > 150
    assert sorted(wanted - translated(language)) == []
