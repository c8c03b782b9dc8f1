from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

CATALOGUES = sorted(
    path for room in ("market", "catalog", "orders", "search") for path in (settings.BASE_DIR / room).glob("**/*.po")
)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: "/".join(p.parts[-5:-2]))
def test_catalogue_is_complete(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parent.parent.name)

    open_texts = [
        message.id for message in catalogue if message.id and (message.fuzzy or not all(_parts(message.string)))
    ]

    assert open_texts == []


def _parts(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])
