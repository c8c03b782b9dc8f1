"""Events a partner took back by their ids: kept apart from the rows, so that a copy that comes later finds it
(docs/decisions/0012)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import CharField, F

from market.common.bulk import insert_rows, update_rows
from market.common.prepared import IsIn, PreparedSelect
from orders.shipments.models import Retraction, Shipment, TrackingEvent

_named = PreparedSelect(lambda: Retraction.objects.filter(IsIn(F("key"), "keys", CharField())))


@dataclass(frozen=True)
class TakenBack:
    """`reach` says of which shipments the partner may speak, in words that `covers` reads; empty: of all. `version`
    None: every version."""

    source: str
    key: str
    version: datetime | None
    reach: str = ""


def hold_retractions(*, is_writing: bool) -> None:
    """Until the end of the transaction nobody keeps a retraction while others store events, so that either the events
    find it or it finds them. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        mode = "SHARE ROW EXCLUSIVE" if is_writing else "SHARE"
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{Retraction._meta.db_table}" IN {mode} MODE')


def keep_retractions(taken: Sequence[TakenBack]) -> dict[TakenBack, dict[int, str]]:
    """Keeps of each the newest version; the caller holds the retractions. Returns the shipments, key -> carrier, that
    know such an event. At most four statements."""
    known = {(row.source, row.key, row.reach): row for row in _named(keys=sorted({one.key for one in taken}))}
    changed = dict[int, Retraction]()
    new = dict[tuple[str, str, str], Retraction]()
    for one in taken:
        place = (one.source, one.key, one.reach)
        row = known.get(place)
        if row is None:
            known[place] = new[place] = Retraction(source=one.source, key=one.key, reach=one.reach, version=one.version)
        elif _is_newer(one.version, row.version):
            row.version = one.version
            if row.pk:
                changed[row.pk] = row
    insert_rows(list(new.values()))
    update_rows(changed.values(), ["version"])
    events = TrackingEvent.objects.filter(key__in={one.key for one in taken})
    shipments = defaultdict[tuple[str, str], dict[int, str]](dict)
    rows = events.values_list("source", "key", "shipment", "shipment__carrier")
    for source, key, pk, carrier in rows.distinct():
        shipments[source, key][pk] = carrier
    return {one: shipments[one.source, one.key] for one in taken}


def retractions_of(keys: Iterable[str]) -> Mapping[str, Sequence[Retraction]]:
    """By the event's id, one statement."""
    found = defaultdict[str, list[Retraction]](list)
    for row in _named(keys=sorted(set(keys))):
        found[row.key].append(row)
    return found


def reach_of(carriers: Iterable[str], only: int | None) -> str:
    """`carriers` as `carrier_key` writes them, letters and digits; `only`: the key of a shipment."""
    return " ".join([*([f"#{only}"] if only is not None else []), *sorted(set(carriers))])


def newest_reaching(
    shipment: Shipment, carrier: str, taken: Mapping[str, Sequence[Retraction]]
) -> dict[tuple[str, str], datetime | None]:
    """By source and key the newest version of `taken` that reaches this shipment. `carrier` as in `reach_of`."""
    found = dict[tuple[str, str], datetime | None]()
    for row in (row for rows in taken.values() for row in rows if _covers(row.reach, shipment, carrier)):
        kept = found.setdefault((row.source, row.key), row.version)
        if _is_newer(row.version, kept):
            found[row.source, row.key] = row.version
    return found


def _is_newer(version: datetime | None, than: datetime | None) -> bool:
    """None is every version."""
    return than is not None and (version is None or version > than)


def _covers(reach: str, shipment: Shipment, carrier: str) -> bool:
    words = reach.split()
    pins = [word for word in words if word.startswith("#")]
    names = [word for word in words if not word.startswith("#")]
    return (not pins or f"#{shipment.pk}" in pins) and (not names or carrier in names)
