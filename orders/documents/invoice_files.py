"""What a tax invoice is handed in as: PDF, OFD (GB/T 33190) or XML. Looked at, never opened by us."""

import io
import zipfile
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from market.common.errors import InvalidInput

MAX_BYTES: Final = 5 * 1024 * 1024


@dataclass(frozen=True)
class FileKind:
    suffix: str
    content_type: str


PDF, OFD = FileKind("pdf", "application/pdf"), FileKind("ofd", "application/ofd")
XML = FileKind("xml", "application/xml")


def read_invoice_file(raw: bytes) -> FileKind:
    """By what it holds, whatever it is called. Raises InvalidInput."""
    if not raw or len(raw) > MAX_BYTES:
        raise InvalidInput(fields={"file": _("a file of at most %(most)s MB") % {"most": MAX_BYTES // 1024**2}})
    if raw.startswith(b"%PDF-"):
        return PDF
    if raw.startswith(b"PK\x03\x04") and _is_ofd(raw):
        return OFD
    if _is_xml(raw):
        return XML
    raise InvalidInput(fields={"file": _("a PDF, OFD or XML file")})


def _is_ofd(raw: bytes) -> bool:
    """Its list of contents is enough: nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return "OFD.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _is_xml(raw: bytes) -> bool:
    head = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:400].lower()
    return head.startswith(b"<?xml") and b"<html" not in head and b"<!doctype" not in head
