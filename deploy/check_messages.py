"""Every text of pages and messages has its Chinese and Russian words, and the same ones in all catalogues: Django knows
one text by one word only. Reads sources and catalogues, writes nothing."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from compile_messages import ROOMS, ROOT, catalogues
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGES = ("zh_Hans", "ru")
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "ngettext_lazy": (1, 2), "gettext_noop": None}
KEYWORDS |= {"pgettext_lazy": ((1, "c"), 2), "npgettext_lazy": ((1, "c"), 2, 3)}


def texts(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What it makes of a template looks like Python but for the depth of its lines.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    for _line, found, _comments, _context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        yield found if isinstance(found, str) else found[0]


def known(language: str) -> set[str]:
    """Texts with words in our catalogues; a plural counts by its singular."""
    words = set()
    for path in catalogues():
        if path.parent.parent.name == language:
            with path.open("rb") as source:
                catalogue = read_po(source, locale=language)
            for message in catalogue:
                text = message.id if isinstance(message.id, str) else message.id[0]
                if is_said(message, catalogue.num_plurals) and not message.fuzzy:
                    words.add(text)
    return words


def is_said(message: Message, plurals: int) -> bool:
    """With words in each of so many plural forms: where one is empty, a page says nothing."""
    if isinstance(message.id, str):
        return bool(message.string)
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return len(forms) == plurals and all(forms)


def told_apart(language: str) -> Iterator[str]:
    """Texts that two catalogues put into different words: every page would show those of one of them."""
    seen: dict[tuple[object, object], object] = {}
    for path in catalogues():
        if path.parent.parent.name == language:
            with path.open("rb") as source:
                for message in read_po(source, locale=language):
                    key = (message.context, str(message.id))
                    if message.id and seen.setdefault(key, message.string) != message.string:
                        yield f"{message.id!r} is {seen[key]!r}, and {message.string!r} in {path.relative_to(ROOT)}"


def main() -> int:
    settings.configure()
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".html", ".txt")]
    wanted = {text: path for path in sorted(sources) if path.is_file() for text in texts(path) if text}
    missing = 0
    for language in LANGUAGES:
        words = known(language)
        for text, path in wanted.items():
            if text not in words:
                missing += 1
                print(f"{language}: {path.relative_to(ROOT)}: {text!r}")
    twice = [f"{language}: {text}" for language in LANGUAGES for text in told_apart(language)]
    for line in twice:
        print(line)
    print(f"{len(wanted)} texts, {missing} without words, {len(twice)} with two")
    return 1 if missing or twice else 0


if __name__ == "__main__":
    sys.exit(main())
