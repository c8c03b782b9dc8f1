"""What kind of file somebody handed in, told by its bytes and never by its name; what cannot be taken is refused before
anything of it is unpacked."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Final

from django.utils.translation import gettext as _

from catalog.imports.errors import UnreadableFile

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 300
MOST_UNPACKED: Final = 250 * 1024 * 1024
MOST_TEXTS: Final = 60 * 1024 * 1024  # of the one part that has to be in memory as a whole
MOST_PARTS: Final = 1_000
XLSX, CSV = "xlsx", "csv"
SUFFIXES: Final = (".xlsx", ".csv", ".txt")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_XLSX = b"spreadsheetml.sheet.main+xml"
BLOCK = 256 * 1024


def kind_of(raw: bytes) -> str:
    """XLSX or CSV. Raises UnreadableFile with what to do."""
    if not raw.strip(b"\xef\xbb\xbf\r\n\t ,;"):
        raise UnreadableFile(reason=_("The file is empty."))
    if len(raw) > MOST_BYTES:
        raise UnreadableFile(
            reason=_("The file is larger than %(most)s MB: please split it.") % {"most": MOST_BYTES // 1024**2}
        )
    if raw.startswith(_OLE):
        if _ENCRYPTED in raw:
            raise UnreadableFile(reason=_("The workbook is locked by a password: save it without one."))
        raise UnreadableFile(reason=_("This is a workbook of the old kind: save it as .xlsx and hand it in again."))
    if raw.startswith(b"PK"):
        _check_parts(raw)
        return XLSX
    if raw.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{", b"<")):
        raise UnreadableFile(reason=_("This is no table: an Excel workbook (.xlsx) or a CSV file, please."))
    return CSV


def _check_parts(raw: bytes) -> None:
    """Of a workbook: sizes as its directory has them (unpacking never gives more), no macros, no declarations in its
    XML that would make it grow."""
    no_workbook = UnreadableFile(reason=_("This is no Excel workbook (.xlsx), or it is damaged: save it once more."))
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names:
                raise no_workbook
            if any(part.flag_bits & 1 for part in parts):
                raise UnreadableFile(reason=_("The workbook is locked by a password: save it without one."))
            texts = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED or texts > MOST_TEXTS:
                raise UnreadableFile(reason=_("The workbook is too large once unpacked: please split it."))
            with archive.open("[Content_Types].xml") as part:
                kinds = part.read(BLOCK)
            if any(name.endswith("vbaProject.bin") for name in names) or b"macroEnabled" in kinds:
                raise UnreadableFile(reason=_("Workbooks with macros are not taken: save it as .xlsx without them."))
            if _XLSX not in kinds:
                raise no_workbook
            for part_info in parts:
                if part_info.filename.endswith((".xml", ".rels")):
                    with archive.open(part_info) as part:
                        _check_declarations(part)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, KeyError) as error:
        raise no_workbook from error


def _check_declarations(part: IO[bytes]) -> None:
    """A document type stands before the first element: the beginning is enough, unless comments push it away."""
    head = part.read(BLOCK)
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:4]
    if is_wide or b"<!DOCTYPE" in head or b"<!ENTITY" in head or not re.search(rb"<[A-Za-z]", head):
        raise ValueError("declarations in XML")


def blocks(part: IO[bytes], overlap: int = 200) -> Iterator[bytes]:
    """A part piece by piece, each with the end of the one before it."""
    rest = b""
    while block := part.read(BLOCK):
        yield rest + block
        rest = (rest + block)[-overlap:]
