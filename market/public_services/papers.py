"""Papers of a case: what is asked for, what is there, what the house has already, and the files in the store."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from market.enterprises.models import Certificate
from market.public_services.errors import BadPaper
from market.public_services.models import PAPER, Application, Paper
from market.public_services.schema import Material
from market.public_services.states import State

MAX_BYTES: Final = 10 * 1024 * 1024
# By the first bytes, whatever its name says.
KINDS: Final = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
)
# Fields of `Paper` that say which paper it is.
SAME_PAPER: Final = ("document", "file", "name", "sha256", "size", "content_type", "valid_to", "certificate_id")


@dataclass(frozen=True)
class Upload:
    name: str
    raw: bytes
    extension: str
    content_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True)
class PaperState:
    """`paper` is there; `held` is one the house has, which is taken over at the hand-in."""

    material: Material
    is_needed: bool
    paper: Paper | None
    held: Paper | None
    is_open: bool

    @property
    def is_missing(self) -> bool:
        return self.is_needed and self.paper is None and self.held is None


def read_upload(file: "UploadedFile[bytes]") -> Upload:
    """Too large a one is refused unread. Raises BadPaper with the file's name."""
    name = (file.name or "–")[-120:]
    if file.size is None or file.size > MAX_BYTES:
        raise BadPaper(name=name)
    raw = bytes(file.read())
    for begin, extension, content_type in KINDS:
        if raw.startswith(begin):
            return Upload(name, raw, extension, content_type)
    raise BadPaper(name=name)


def keep_file(application: Application, upload: Upload) -> str:
    """Where it stands in the store; the same file twice stands there once."""
    name = f"services/{application.pk}/{upload.sha256[:32]}.{upload.extension}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(upload.raw))
    return name


def paper_states(application: Application, today: date) -> list[PaperState]:
    """One for each material of the version. Three statements at most."""
    there = {row.material: row for row in application.paper_rows.filter(is_current=True)}
    held = held_papers(application, today) if application.is_editable else {}
    opened = open_papers(application)
    return [
        PaperState(
            material=material,
            is_needed=material.is_needed(application.answers),
            paper=there.get(material.code),
            held=held.get(material.code) if material.code not in there else None,
            is_open=opened is None or material.code in opened,
        )
        for material in application.version.papers
    ]


def open_papers(application: Application) -> frozenset[str] | None:
    """Codes that may be changed now; None: all."""
    if application.state == State.DRAFT:
        return None
    prefix = PAPER
    return frozenset(target.removeprefix(prefix) for target in open_targets(application) if target.startswith(prefix))


def open_targets(application: Application) -> frozenset[str]:
    """What was asked to be corrected, while the enterprise has it back."""
    if application.state != State.RETURNED:
        return frozenset()
    rows = application.corrections.filter(round=application.round)
    return frozenset(rows.values_list("target", flat=True))


def held_papers(application: Application, today: date) -> dict[str, Paper]:
    """By code of the material: unsaved rows that take over a checked certificate which is still valid, or a paper an
    officer accepted with an earlier case and which says until when it holds."""
    certificates = _certificates(application, today)
    earlier = _earlier(application, today)
    found: dict[str, Paper] = {}
    for material in application.version.papers:
        if material.certificate in certificates:
            found[material.code] = _from_certificate(application, material, certificates[material.certificate])
        elif material.document and material.document in earlier:
            found[material.code] = _from_earlier(application, material, earlier[material.document])
    return found


def _certificates(application: Application, today: date) -> dict[str, Certificate]:
    kinds = [material.certificate for material in application.version.papers if material.certificate]
    rows = (
        Certificate.objects.for_enterprise(application.enterprise_id)
        .filter(kind__in=kinds, state=Certificate.State.CHECKED, valid_from__lte=today, valid_to__gte=today)
        .order_by("valid_to", "pk")
    )
    return {row.kind: row for row in rows}  # of several the one that holds longest


def _earlier(application: Application, today: date) -> dict[str, Paper]:
    documents = [material.document for material in application.version.papers if material.document]
    rows = Paper.objects.filter(
        application__enterprise=application.enterprise_id,
        document__in=documents,
        is_current=True,
        checked_at__isnull=False,
        valid_to__gte=today,
    )
    return {row.document: row for row in rows.exclude(application=application.pk).order_by("valid_to", "pk")}


def _from_certificate(application: Application, material: Material, found: Certificate) -> Paper:
    return Paper(
        application=application,
        material=material.code,
        document=material.document,
        name=f"{found.get_kind_display()} {found.number}"[:120],
        valid_to=found.valid_to,
        certificate=found,
        checked_at=found.decided_at,
    )


def _from_earlier(application: Application, material: Material, found: Paper) -> Paper:
    same = {name: getattr(found, name) for name in SAME_PAPER}
    return Paper(
        application=application, material=material.code, reused_from=found, checked_at=found.checked_at, **same
    )
