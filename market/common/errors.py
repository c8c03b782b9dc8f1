"""Errors we expect: a class, a stable code, the numbers. Edges (pages, API) translate them in one place."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class MarketError(Exception):
    """Base of every refusal a person may see.

    `code` is stable and part of the API; `text` says what to do, with `%(name)s` for the details; `http_status` is
    what the API answers. Details must be JSON values: they travel to the client as `error.details`.
    """

    code: ClassVar[str] = "refused"
    http_status: ClassVar[int] = 409
    text: ClassVar[str | Promise] = _("This is not possible.")

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details: Mapping[str, Any] = details

    @property
    def message(self) -> str:
        return str(self.text) % self.details

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class NotFound(MarketError):
    """Also for rows of another tenant: their existence is not told."""

    code = "not_found"
    http_status = 404
    text = _("There is nothing here, or it is not yours.")


class NotAllowed(MarketError):
    code = "not_allowed"
    http_status = 403
    text = _("Your account may not do this.")


class InvalidInput(MarketError):
    """`fields` maps field name to message."""

    code = "invalid_input"
    http_status = 422
    text = _("Please check what you entered.")


class IllegalMove(MarketError):
    code = "illegal_move"
    text = _("This step is not possible now: the state is “%(current)s”.")


class Conflict(MarketError):
    code = "conflict"
    text = _("Somebody else changed this at the same time. Please look again and repeat.")
