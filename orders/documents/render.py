"""A step of the worker: files of papers, where the renderer makes files."""

import hashlib
import logging
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.module_loading import import_string

from market.common.quiet_log import said
from orders.documents.models import Rendering
from orders.documents.paper import paper_of
from orders.documents.renderers.base import CannotRender, DocumentRenderer

logger = logging.getLogger(__name__)

AT_ONCE = 5  # a paper takes a second or three, and others wait for the same worker
LEASE = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
S = Rendering.State


@cache
def _made(path: str) -> DocumentRenderer:
    renderer: DocumentRenderer = import_string(path)()
    return renderer


def document_renderer() -> DocumentRenderer:
    """The one the operator has chosen."""
    return _made(settings.MARKET_DOCUMENT_RENDERER)


def render_due(now: datetime) -> int:
    """Returns how many were taken up; no statement where the renderer makes no files. What cannot be made truthfully
    has failed for good and says why; anything else is tried again."""
    renderer = document_renderer()
    if not renderer.makes_files:
        return 0
    claimed = _claim(now)
    for row in claimed:
        try:
            _make(row, renderer, now)
        except CannotRender as error:
            row.state, row.error = S.FAILED, error.why[:200]
            row.save(update_fields=["state", "error"])
            logger.warning("paper %s has no file: %s", row.document.number, error.why)
        except Exception as error:  # noqa: BLE001 - a renderer of the operator's own may fail in any way
            wait = min(FIRST_WAIT * 2 ** min(row.attempts, 10), LONGEST_WAIT)
            row.attempts, row.error, row.due_at = row.attempts + 1, said(error)[:200], now + wait
            row.save(update_fields=["attempts", "error", "due_at"])
            logger.warning("paper %s waits for its file: %s", row.document.number, type(error).__name__)
    return len(claimed)


def _claim(now: datetime) -> list[Rendering]:
    waiting = Rendering.objects.filter(state=S.WAITING, due_at__lte=now)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        keys = list(waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
        if keys:
            Rendering.objects.filter(pk__in=keys).update(due_at=now + LEASE)
    rows = Rendering.objects.filter(pk__in=keys).select_related(
        "document__supersedes", "document__successor", "document__lot"
    )
    return list(rows.order_by("pk"))


def _make(row: Rendering, renderer: DocumentRenderer, now: datetime) -> None:
    """The file first, then the row: who dies between leaves a file nobody knows, and makes it again."""
    document = row.document
    raw = renderer.render(paper_of(document))
    name = f"documents/{document.number}-{document.sha256[:16]}.{renderer.suffix}"
    if default_storage.exists(name):
        default_storage.delete(name)
    row.file = default_storage.save(name, ContentFile(raw))
    row.state, row.error, row.made_at = S.DONE, "", now
    row.content_type, row.sha256 = renderer.content_type, hashlib.sha256(raw).hexdigest()
    row.save(update_fields=["file", "state", "error", "made_at", "content_type", "sha256"])
