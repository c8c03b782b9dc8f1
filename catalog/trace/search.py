"""The filters of EPCIS 2.0's query of events, as a partner's program writes them. Source: GS1, "EPCIS Standard 2.0",
8.2.7."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.trace.models import TraceEvent, TraceEventQuerySet, TraceEventUnit
from market.common.chain import canonical_json
from market.common.errors import InvalidInput

_TIMES = {
    "GE_eventTime": "event_time__gte",
    "LT_eventTime": "event_time__lt",
    "GE_recordTime": "recorded_at__gte",
    "LT_recordTime": "recorded_at__lt",
}
_LISTS = {
    "eventType": "type__in",
    "EQ_action": "action__in",
    "EQ_bizStep": "biz_step__in",
    "EQ_disposition": "disposition__in",
    "EQ_readPoint": "read_point__in",
    "EQ_bizLocation": "location__in",
    "EQ_eventID": "event_id__in",
    "EQ_transformationID": "transformation_id__in",
}
_TRANSACTION = "EQ_bizTransaction_"
MOST_VALUES = 100


def _of_units(values: Sequence[str]) -> Q:
    return Q(pk__in=TraceEventUnit.objects.filter(uri__in=values).values("event"))


def _of_parents(values: Sequence[str]) -> Q:
    rows = TraceEventUnit.objects.filter(uri__in=values, role=TraceEventUnit.Role.PARENT)
    return Q(pk__in=rows.values("event"))


def _of_lots(values: Sequence[str]) -> Q:
    return Q(pk__in=TraceEvent.objects.filter(lots__lot__uri__in=values).values("pk"))


_MATCHES: Mapping[str, Callable[[Sequence[str]], Q]] = {
    "MATCH_anyEPC": _of_units,
    "MATCH_anyEPCClass": _of_lots,
    "MATCH_parentID": _of_parents,
    "EXISTS_errorDeclaration": lambda values: Q(corrects__isnull="true" not in values),
}


def filtered(rows: TraceEventQuerySet, wishes: Mapping[str, Sequence[str]]) -> TraceEventQuerySet:
    """All filters must fit; of one the values are alternatives. Raises InvalidInput for one that is not known: leaving
    it out would answer with more than was asked for."""
    fields: dict[str, str] = {}
    for name, values in wishes.items():
        try:
            rows = rows.filter(_condition(name, values))
        except ValueError:
            fields[name] = _("unknown, or not in the form that the standard gives it")
    if fields:
        raise InvalidInput(fields=fields)
    return rows


def _condition(name: str, values: Sequence[str]) -> Q:
    """Raises ValueError."""
    if not 1 <= len(values) <= MOST_VALUES:
        raise ValueError(name)
    if name in _TIMES:
        moment = datetime.fromisoformat(values[-1].replace(" ", "+"))  # a plus in an address is a blank
        if moment.tzinfo is None:
            raise ValueError(name)
        return Q(**{_TIMES[name]: moment})
    if name in _LISTS:
        return Q(**{_LISTS[name]: list(values)})
    if name in _MATCHES:
        return _MATCHES[name](values)
    if name.startswith(_TRANSACTION):
        return _of_transactions(name.removeprefix(_TRANSACTION), values)
    raise ValueError(name)


def _of_transactions(kind: str, values: Sequence[str]) -> Q:
    """As it stands in the canonical payload, which has its keys sorted."""
    found = Q()
    for value in values:
        found |= Q(payload__contains=canonical_json({"bizTransaction": value, "type": kind}))
    return found
