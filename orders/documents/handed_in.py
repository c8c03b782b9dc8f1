"""What sellers hand in: a tax invoice as PDF, OFD (GB/T 33190) or XML, a paper of an authority as PDF or picture.
Looked at, never opened by us."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from market.common.errors import InvalidInput

MAX_BYTES: Final = 5 * 1024 * 1024


@dataclass(frozen=True)
class FileKind:
    suffix: str
    content_type: str


PDF, OFD = FileKind("pdf", "application/pdf"), FileKind("ofd", "application/ofd")
XML = FileKind("xml", "application/xml")
JPEG, PNG = FileKind("jpg", "image/jpeg"), FileKind("png", "image/png")


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


def read_scan(raw: bytes) -> FileKind:
    """Of a paper an authority issued: PDF, JPEG or PNG. Raises InvalidInput."""
    if raw and len(raw) <= MAX_BYTES:
        for beginning, kind in ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG)):
            if raw.startswith(beginning):
                return kind
    raise InvalidInput(fields={"file": _("a PDF, JPEG or PNG file of at most 5 MB")})


def keep_file(folder: str, raw: bytes, kind: FileKind) -> tuple[str, str]:
    """Where it stands in the store now, and its SHA-256; the same file again stands once. Before any row is locked."""
    sha256 = hashlib.sha256(raw).hexdigest()
    name = f"{folder}/{sha256[:32]}.{kind.suffix}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(raw))
    return name, sha256


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
