"""Officers put a product first for a query, or take it out of one query's results or of all. Effective at once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.products.models import Product
from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from search.products.actions.count_words import count_words_soon
from search.products.curation import normal_text
from search.products.models import HiddenHit, PinnedHit

MAX_POSITION = 99
MAX_REASON = 200


def pin_product(product: Product, text: str, *, position: int, by: User, now: datetime) -> PinnedHit:
    """For this very query, whatever its spelling (case, width, traditional characters). Again: moves it."""
    known = normal_text(text)
    if not known:
        raise InvalidInput(fields={"text": _("name the query")})
    if not 0 <= position <= MAX_POSITION:
        raise InvalidInput(fields={"position": _("a position from 0 to 99")})
    with transaction.atomic():
        hit, _made = PinnedHit.objects.update_or_create(
            text=known, product_id=product.pk, defaults={"position": position}
        )
        _record("search.pinned", product.pk, by=by, now=now, query=known, position=position)
    return hit


def hide_product(product: Product, text: str, *, reason: str, by: User, now: datetime) -> HiddenHit:
    """An empty query means all of them; then the product is in no list of the shop, only at its own address,
    and its name is suggested only until the worker has counted words again."""
    known, reason = normal_text(text), reason.strip()[:MAX_REASON]
    if not reason:
        raise InvalidInput(fields={"reason": _("say why: the seller may ask")})
    with transaction.atomic():
        hit, _made = HiddenHit.objects.update_or_create(text=known, product_id=product.pk, defaults={"reason": reason})
        if not known:
            count_words_soon(now)
        _record("search.hidden", product.pk, by=by, now=now, query=known, reason=reason)
    return hit


def undo_choice(hit: PinnedHit | HiddenHit, *, by: User, now: datetime) -> None:
    action = "search.unpinned" if isinstance(hit, PinnedHit) else "search.shown"
    with transaction.atomic():
        hit.delete()
        _record(action, hit.product_id, by=by, now=now, query=hit.text)


def _record(action: str, product_id: int, *, by: User, now: datetime, **details: object) -> None:
    record_act(actor=by, action=action, subject_kind="product", subject_id=product_id, now=now, **details)
