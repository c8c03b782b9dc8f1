"""Tell the enterprise's staff what became of its application, and officers what came or is late: by mail, or by short
message who has no address."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from market.enterprises.text_staff import text_staff
from market.public_services.models import Application, Step, StepResult
from market.public_services.queries import open_step
from market.public_services.reach import deciders
from market.public_services.sentence import where_it_is

Act = StepResult.Act
SHORT = gettext_lazy("Application %(number)s: %(act)s. Please look at the page of the application.")
SHORT_RETURNED = gettext_lazy("Application %(number)s came back: please correct what is named on its page.")
# What the enterprise did itself, or only the officers' clock knows.
UNTOLD = (Act.WITHDRAW, Act.FORWARD)


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `application.moved`. A mail that went out before the process died goes out again, which says nothing
    false."""
    results = StepResult.objects.select_related("by").in_bulk([event.payload["result"] for event in events])
    rows = Application.objects.whole().in_bulk([one.application_id for one in results.values()])
    for event in events:
        result = results[event.payload["result"]]
        row = rows[result.application_id]
        if result.act not in UNTOLD:
            _tell_staff(row, result, now)
        step = open_step(row)
        if step is not None and result.act in (Act.HAND_IN, Act.ACCEPT, Act.APPROVE):
            _tell_officers(row, step, is_late=False, now=now)


def send_late(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `application.overdue`: those who have it are told, unless somebody has acted in the meantime."""
    rows = Application.objects.whole().filter(number__in=[event.subject for event in events])
    for row in rows:
        step = open_step(row)
        if step is not None and row.is_overdue(now):
            _tell_officers(row, step, is_late=True, now=now)


def _tell_staff(row: Application, result: StepResult, now: datetime) -> None:
    for member in staff_with(row.enterprise_id, Right.ENTERPRISE):
        staff_mail(row, result, member.user, now).send()
    words = SHORT_RETURNED if result.act == Act.RETURN else SHORT
    about = f"{row.number}:{result.pk}"
    facts = {"number": row.number, "act": Act(result.act).label}
    text_staff(row.enterprise_id, (Right.ENTERPRISE,), "application", words, about=about, now=now, **facts)


def _tell_officers(row: Application, step: Step, *, is_late: bool, now: datetime) -> None:
    for officer in deciders(step, row.enterprise, now):
        if officer.email:
            officer_mail(row, officer, is_late=is_late, now=now).send()


def staff_mail(row: Application, result: StepResult, user: User, now: datetime) -> EmailMessage:
    """Plain text in the member's language: what happened, why, what can be done, where it is now."""
    language = normal_language(user.language)
    with override(language):
        facts = {"number": row.number, "service": row.version.item.name, "act": result.get_act_display()}
        lines = [_("%(service)s, application %(number)s: %(act)s.") % facts]
        if result.opinion:
            lines += ["", _("The officer wrote: %(words)s") % {"words": result.opinion}]
        if result.remedy:
            lines.append(_("What you can do: %(words)s") % {"words": result.remedy})
        if result.act == Act.RETURN:
            lines += ["", _("Please correct:"), *_to_correct(row, result.round)]
        lines += ["", where_it_is(row, open_step(row), now)]
        subject = _("Application %(number)s: %(act)s") % facts
        return plain_mail(str(user.email), subject, lines, page=f"/{language}/services/applications/{row.number}/")


def _to_correct(row: Application, round_: int) -> list[str]:
    names = row.version.target_names
    return [f"- {names.get(one.target, one.target)}: {one.what}" for one in row.corrections.filter(round=round_)]


def officer_mail(row: Application, officer: User, *, is_late: bool, now: datetime) -> EmailMessage:
    """Plain text in the officer's language."""
    language = normal_language(officer.language)
    with override(language):
        facts = {"number": row.number, "service": row.version.item.name, "enterprise": row.enterprise.name}
        subject = _("Application %(number)s is late") if is_late else _("Application %(number)s waits for you")
        lines = [_("%(service)s, for %(enterprise)s.") % facts, where_it_is(row, open_step(row), now)]
        page = f"/{language}/ops/applications/{row.number}/"
        return plain_mail(str(officer.email), subject % facts, lines, page=page)
