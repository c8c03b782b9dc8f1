"""Where a case is, in one sentence: state, office, due day, next step. For pages and mails alike."""

from datetime import datetime

from django.utils.translation import gettext as _

from market.common.dates import format_day
from market.common.languages import active_language
from market.public_services.models import Application, Step
from market.public_services.queries import deciding_unit
from market.public_services.states import Clock, State

S = State


def where_it_is(row: Application, step: Step | None, now: datetime) -> str:
    """`step`: the open one, if any."""
    facts = {
        "state": row.get_state_display(),
        "office": step.unit.name if step and step.unit else row.version.item.unit.name,
        "day": format_day(row.due_day, active_language()) if row.due_day else "",
        "next": next_step(row, step),
    }
    if row.state == S.DRAFT:
        return _("Being filled in by you; %(office)s gets it when you hand it in.") % facts
    if row.state == S.RETURNED:
        return _("Returned to you for correction by %(office)s; the clock stands until you hand it in again.") % (
            facts | {"office": _who_returned(row)}
        )
    if row.clock == Clock.PAUSED:
        return _(
            "%(state)s, at %(office)s; the clock stands (%(why)s), what was due on %(day)s moves by as much; "
            "next: %(next)s."
        ) % (facts | {"why": row.get_paused_for_display()})
    if row.is_overdue(now):
        return _("%(state)s, at %(office)s; it was due on %(day)s and is late; next: %(next)s.") % facts
    if row.clock == Clock.RUNNING:
        return _("%(state)s, at %(office)s until %(day)s; next: %(next)s.") % facts
    if row.state == S.APPROVED:
        return _("Granted by %(office)s; next: it is carried out.") % (facts | {"office": _decider(row)})
    return _("%(state)s; nothing more happens with it.") % facts


def next_step(row: Application, step: Step | None) -> str:
    """What follows when whoever has it now says yes."""
    if row.state == S.PUBLICITY:
        return _("granted, if nobody objects")
    waiting = [one for one in row.steps.all() if one.round == row.round and one.state == Step.State.WAITING]
    following = min(waiting, key=lambda one: one.position, default=None)
    if following is not None and following.unit is not None:
        return _("review by %(unit)s") % {"unit": following.unit.name}
    if step is None:
        return ""
    if days := row.version.publicity_days:
        return _("shown to the public for %(days)s working days") % {"days": days}
    return _("granted")


def _who_returned(row: Application) -> str:
    done = [one for one in row.steps.all() if one.round == row.round and one.state == Step.State.DONE]
    last = max(done, key=lambda one: one.position, default=None)
    return last.unit.name if last and last.unit else row.version.item.unit.name


def _decider(row: Application) -> str:
    unit = deciding_unit(row)
    return unit.name if unit else row.version.item.unit.name
