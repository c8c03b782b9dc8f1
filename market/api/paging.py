"""Cursors: the last id of a page, signed, so that nobody builds on what is inside."""

from django.core.signing import BadSignature, Signer

from market.common.errors import InvalidInput

_signer = Signer(salt="api.cursor")


def write_cursor(last_id: int) -> str:
    return _signer.sign(str(last_id))


def read_cursor(cursor: str) -> int:
    """Raises InvalidInput for a cursor that is not ours."""
    try:
        return int(_signer.unsign(cursor))
    except (BadSignature, ValueError) as error:
        raise InvalidInput(fields={"cursor": "unknown cursor"}) from error
