"""The cursor of a list as text: signed, so that nobody builds on what is inside."""

from dataclasses import astuple, dataclass
from functools import lru_cache
from hashlib import blake2b

from django.core.signing import BadSignature, Signer

from market.common.errors import InvalidInput
from search.engines.base import Key
from search.engines.find import Cursor
from search.products.answer import SearchQuery

_signer = Signer(salt="search.cursor")
FORM = 2  # of what is inside; the first one was pass, position and index


@dataclass(frozen=True)
class Place:
    """A cursor, and the list it stands in."""

    cursor: Cursor
    order: str


def order_of(query: SearchQuery, index: str) -> str:
    """One list: of this engine and generation, and of all that decides which hits stand in it and in what order. The
    size of its pages, their language and what is counted beside them do not."""
    asked = (
        query.text,
        query.channel,
        query.category,
        query.origins,
        query.grades,
        query.certificates,
        query.rating_min,
        query.attributes,
        query.price_per_kg_min,
        query.price_per_kg_max,
        query.moq_max,
        query.in_season,
        query.in_stock,
        query.enterprise,
        query.destination,
        query.sort,
        query.boosts,
        index,
    )
    return blake2b(repr(asked).encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=1_000)
def write_cursor(cursor: Cursor | None, order: str) -> str:
    if cursor is None:
        return ""
    return _signer.sign_object([FORM, order, cursor.number, astuple(cursor.key), cursor.shown])


def read_cursor(text: str) -> Place | None:
    """None without one, and for one of an earlier release: both begin at the first page. Raises InvalidInput for a
    cursor that is not ours."""
    if not text:
        return None
    try:
        _signer.unsign(text)
    except BadSignature as error:
        raise InvalidInput(fields={"cursor": "unknown cursor"}) from error
    try:
        form, order, number, key, shown = _signer.unsign_object(text)
    except (ValueError, TypeError):
        return None
    if form != FORM:
        return None
    return Place(Cursor(number, Key(*key), tuple((score, pid) for score, pid in shown)), order)
