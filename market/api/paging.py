"""Cursors: the last id of a page, signed, so that nobody builds on what is inside."""

from typing import TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet

from market.common.errors import InvalidInput

RowT = TypeVar("RowT", bound=Model)
_signer = Signer(salt="api.cursor")


def write_cursor(last_id: int) -> str:
    return _signer.sign(str(last_id))


def read_cursor(cursor: str) -> int:
    """Raises InvalidInput for a cursor that is not ours."""
    try:
        return int(_signer.unsign(cursor))
    except (BadSignature, ValueError) as error:
        raise InvalidInput(fields={"cursor": "unknown cursor"}) from error


def page_after(rows: QuerySet[RowT], cursor: str, size: int) -> tuple[list[RowT], str | None]:
    """Of rows in falling order of their keys those after the cursor, and the cursor of the next page, None at the end.
    Raises InvalidInput for a cursor that is not ours."""
    found = list((rows.filter(pk__lt=read_cursor(cursor)) if cursor else rows)[: size + 1])
    page = found[:size]
    return page, write_cursor(page[-1].pk) if len(found) > size else None
