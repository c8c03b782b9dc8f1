"""Compile every catalogue of translations; Babel is pure Python, so no gettext programs are needed."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("market", "catalog", "orders", "search")


def catalogues() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).glob("**/locale/*/LC_MESSAGES/*.po"))


def compile_messages() -> int:
    for source in catalogues():
        with source.open("rb") as po:
            catalogue = read_po(po, locale=source.parent.parent.name)
        with source.with_suffix(".mo").open("wb") as mo:
            write_mo(mo, catalogue)
    return len(catalogues())


if __name__ == "__main__":
    sys.stdout.write(f"{compile_messages()} catalogues of translations compiled\n")
