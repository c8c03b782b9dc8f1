"""The life of an application. Accepting (are the papers complete?) and deciding (is it granted?) are two decisions."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.common.states import Moves


class State(models.TextChoices):
    DRAFT = "draft", _("being filled in")
    SUBMITTED = "submitted", _("handed in")
    ACCEPTED = "accepted", _("accepted")
    REVIEW_1 = "review_1", _("under review by the regiment")
    REVIEW_2 = "review_2", _("under review by the division")
    REVIEW_3 = "review_3", _("under review by the corps")
    RETURNED = "returned", _("returned for correction")
    PUBLICITY = "publicity", _("shown to the public")
    APPROVED = "approved", _("granted")
    FULFILLED = "fulfilled", _("carried out")
    NOT_ACCEPTED = "not_accepted", _("not accepted")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


S = State
REVIEWS: Final = {"regiment": S.REVIEW_1, "division": S.REVIEW_2, "corps": S.REVIEW_3}
LEVELS: Final = tuple(REVIEWS)
LEVEL_WORDS: Final = {"regiment": _("regiment"), "division": _("division"), "corps": _("corps")}
_AFTER_REVIEW: Final = frozenset({S.RETURNED, S.REJECTED, S.PUBLICITY, S.APPROVED, S.WITHDRAWN})
MOVES: Moves = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.ACCEPTED, S.RETURNED, S.NOT_ACCEPTED, S.WITHDRAWN}),
    S.ACCEPTED: frozenset({S.REVIEW_1, S.REVIEW_2, S.REVIEW_3}),
    S.REVIEW_1: _AFTER_REVIEW | {S.REVIEW_2, S.REVIEW_3},
    S.REVIEW_2: _AFTER_REVIEW | {S.REVIEW_3},
    S.REVIEW_3: _AFTER_REVIEW,
    S.RETURNED: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.PUBLICITY: frozenset({S.APPROVED, S.REJECTED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.FULFILLED}),
    S.FULFILLED: frozenset(),
    S.NOT_ACCEPTED: frozenset(),
    S.REJECTED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
# An officer has it and decides next.
WAITING: Final = (S.SUBMITTED, *REVIEWS.values())
EDITABLE: Final = (S.DRAFT, S.RETURNED)
ENDED: Final = (S.FULFILLED, S.NOT_ACCEPTED, S.REJECTED, S.WITHDRAWN)


class Clock(models.TextChoices):
    """What is stored; that it is due soon or overdue follows from the due time."""

    STOPPED = "stopped", _("stopped")
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")


class Pause(models.TextChoices):
    CORRECTION = "correction", _("the enterprise corrects")
    EXPERT = "expert", _("an expert is asked")
    ON_SITE = "on_site", _("an inspection on site")
    FORCE_MAJEURE = "force_majeure", _("force majeure")
