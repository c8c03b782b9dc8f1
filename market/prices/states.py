"""The life of a price report. Nothing of it is edited: a correction is a new report that takes its place."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.common.states import Moves


class ReportState(models.TextChoices):
    DRAFT = "draft", _("noted, not handed in")
    ACCEPTED = "accepted", _("accepted")
    HELD = "held", _("held: out of line")
    REJECTED = "rejected", _("rejected")
    SUPERSEDED = "superseded", _("replaced by a correction")


S = ReportState
MOVES: Moves = {
    S.DRAFT: frozenset({S.ACCEPTED, S.HELD, S.REJECTED, S.SUPERSEDED}),
    S.HELD: frozenset({S.ACCEPTED, S.REJECTED, S.SUPERSEDED}),
    S.ACCEPTED: frozenset({S.REJECTED, S.SUPERSEDED}),
    S.REJECTED: frozenset(),
    S.SUPERSEDED: frozenset(),
}
LIVE = (S.DRAFT, S.ACCEPTED, S.HELD)
WAITING = (S.DRAFT, S.HELD)
