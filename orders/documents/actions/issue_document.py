"""Issue a paper: draw its number and freeze what it says."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput
from orders.documents.contents.draft import Draft, content_hash
from orders.documents.errors import ReasonNeeded
from orders.documents.models import Document, DocumentSeries, Rendering

LONGEST_REASON = 200


def issue_document(draft: Draft, *, by: User | None, reason: str = "", now: datetime) -> Document:
    """Effects: the next number of enterprise, kind and year, the row, and its file to be made. The same facts again:
    the paper there is, and no number is drawn. Other facts: a new version, which supersedes it for the `reason`.

    The caller has checked who may do it. Raises ReasonNeeded, InvalidInput for one too long.
    """
    reason = reason.strip()
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise InvalidInput(fields={"reason": _("at most %(most)s characters") % {"most": LONGEST_REASON}})
    sha256 = content_hash(draft.content)
    with transaction.atomic():
        series = _locked_series(draft, timezone.localdate(now).year)
        before = current_version(draft)
        if before is not None and before.sha256 == sha256:
            return before
        if before is not None and not reason:
            raise ReasonNeeded(number=before.number)
        series.last += 1
        series.save(update_fields=["last"])
        document = Document.objects.create(
            enterprise_id=draft.enterprise_id,
            kind=draft.kind,
            year=series.year,
            sequence=series.last,
            number=f"{draft.kind}-{_firm(draft)}-{series.year}-{series.last:05d}",
            subject=draft.subject,
            version=before.version + 1 if before else 1,
            seller_order=draft.seller_order,
            enquiry_part=draft.enquiry_part,
            lot=draft.lot,
            language=draft.language,
            content=draft.content,
            sha256=sha256,
            supersedes=before,
            reason=reason if before else "",
            issued_by=by,
            issued_at=now,
        )
        Rendering.objects.create(document=document, due_at=now)
    return document


def current_version(draft: Draft) -> Document | None:
    """The paper that stands for this matter now."""
    return Document.objects.filter(kind=draft.kind, subject=draft.subject).order_by("-version").first()


def _locked_series(draft: Draft, year: int) -> DocumentSeries:
    """Locked until the transaction ends: who issues at the same time waits, and sees the paper made before."""
    key: dict[str, Any] = {"enterprise_id": draft.enterprise_id, "kind": draft.kind, "year": year}
    DocumentSeries.objects.get_or_create(**key)
    return DocumentSeries.objects.select_for_update().get(**key)


def _firm(draft: Draft) -> str:
    matter = draft.seller_order or draft.enquiry_part or draft.lot
    assert matter is not None
    return str(matter.enterprise.number)
