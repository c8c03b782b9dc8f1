"""The partner's answers: by its program, or by an officer in its place (who leaves an entry in the log). Each
answers the job as its caller has read it; Conflict says that somebody has moved it since."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from orders.pickups.load import Window
from orders.pickups.models import PickupJob
from orders.pickups.states import S, Side, answer_by, move

LENGTHS = {"vehicle": 40, "driver": 80, "driver_phone": 20, "reason": 400}


def accept_pickup(
    job: PickupJob, *, vehicle: str, driver: str, driver_phone: str = "", officer: User | None = None, now: datetime
) -> PickupJob:
    """The window asked for holds. On an accepted job it names another vehicle or driver; the same once more changes
    nothing. Raises InvalidInput without vehicle or driver, IllegalMove, Conflict."""
    crew = _texts({"vehicle": vehicle, "driver": driver, "driver_phone": driver_phone}, needed=("vehicle", "driver"))
    with transaction.atomic():
        row = PickupJob.objects.select_related("partner__endpoint").get(pk=job.pk)
        if row.state != S.ACCEPTED or any(getattr(row, name) != text for name, text in crew.items()):
            move(row, S.ACCEPTED, crew, seen=job.version, side=Side.PARTNER, by=officer, now=now)
            _keep(row, officer, now, **crew)
    return row


def decline_pickup(job: PickupJob, *, reason: str, officer: User | None = None, now: datetime) -> PickupJob:
    """Also after it was accepted: the partner cannot come after all. A second time changes nothing. Raises InvalidInput
    without a reason, IllegalMove, Conflict."""
    text = _texts({"reason": reason}, needed=("reason",))["reason"]
    with transaction.atomic():
        row = PickupJob.objects.select_related("partner__endpoint").get(pk=job.pk)
        if row.state != S.DECLINED:
            move(row, S.DECLINED, seen=job.version, side=Side.PARTNER, by=officer, message=text, now=now)
            _keep(row, officer, now, reason=text)
    return row


def counter_pickup(
    job: PickupJob, window: Window, *, reason: str = "", officer: User | None = None, now: datetime
) -> PickupJob:
    """Another window, which the seller takes or refuses; a further one replaces it, the same changes nothing. Raises
    InvalidInput, IllegalMove, Conflict."""
    text = _texts({"reason": reason})["reason"]
    if problems := window.problems(now):
        raise InvalidInput(fields=problems)
    with transaction.atomic():
        row = PickupJob.objects.select_related("partner__endpoint").get(pk=job.pk)
        if (row.state, row.counter_from, row.counter_to) != (S.COUNTERED, window.begins, window.ends):
            proposal = {"counter_from": window.begins, "counter_to": window.ends}
            proposal["answer_by"] = answer_by(now, window.ends)
            move(row, S.COUNTERED, proposal, seen=job.version, side=Side.PARTNER, by=officer, message=text, now=now)
            _keep(row, officer, now, reason=text)
    return row


def _texts(given: dict[str, str], needed: tuple[str, ...] = ()) -> dict[str, str]:
    texts = {name: text.strip() for name, text in given.items()}
    problems = {name: _("Please fill this in.") for name in needed if not texts[name]}
    for name, text in texts.items():
        if len(text) > LENGTHS[name] or "\0" in text:
            problems[name] = _("At most %(longest)s characters, please.") % {"longest": LENGTHS[name]}
    if problems:
        raise InvalidInput(fields=problems)
    return texts


def _keep(job: PickupJob, officer: User | None, now: datetime, **details: str) -> None:
    if officer is not None:
        record_act(
            actor=officer,
            action=f"pickup.{job.state}",
            subject_kind="pickup",
            subject_id=job.number,
            now=now,
            partner=str(job.partner),
            **details,
        )
