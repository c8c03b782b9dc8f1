"""What partners are to be called for: noted once for each shipment, address or message."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Max, Q, QuerySet

from market.common.outbox.models import OutboxEvent
from orders.inbox.models import Endpoint, Errand, InboxEvent, PartnerApi
from orders.inbox.partner_api import is_of, reports_on, silence
from orders.shipments.carriers.base import Report
from orders.shipments.carriers.calls import abilities
from orders.shipments.models import TERMINAL, Parcel, Shipment

BATCH = 200
GIVE_UP = timedelta(days=90)  # of silence: then nobody asks any more
KEEP_DONE = timedelta(days=120)  # longer than anybody asks: once is once while the shipment is under way
REST = timedelta(hours=1)  # between two subscriptions of one number
ENDED = ("stopped", "expired", "aborted")
K = Errand.Kind


class ForeignAddressError(ValueError):
    """A message names an address that is none of the partner's own: it is not fetched."""


def note_shipments(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Outbox receiver of `shipment.created`: for each partner we call that follows the carrier. Twice is once."""
    apis = list(PartnerApi.objects.filter(is_on=True).select_related("endpoint"))
    if apis:
        shipments = list(
            Shipment.objects.filter(number__in=[event.subject for event in events]).prefetch_related("parcels")
        )
        for api in apis:
            _note(api.endpoint, shipments, now)


def note_existing(now: datetime) -> int:
    """A worker step: when a partner's API has been switched on, all that is under way, a batch at a time."""
    noted = 0
    for api in PartnerApi.objects.filter(is_on=True, noted_to__isnull=False).select_related("endpoint"):
        under_way = Shipment.objects.filter(pk__gt=api.noted_to).exclude(status__in=TERMINAL)
        batch = list(under_way.order_by("pk").prefetch_related("parcels")[:BATCH])
        _note(api.endpoint, batch, now)
        last = batch[-1].pk if len(batch) == BATCH else None
        PartnerApi.objects.filter(pk=api.pk, noted_to=api.noted_to).update(noted_to=last)
        noted += len(batch)
    return noted


def _note(endpoint: Endpoint, shipments: Iterable[Shipment], now: datetime) -> None:
    kinds = [kind for kind in (K.POLL, K.SUBSCRIBE) if kind in abilities(endpoint.adapter)]
    if not kinds:
        return
    patience = silence(endpoint.adapter)
    Errand.objects.bulk_create(
        [
            Errand(
                endpoint=endpoint,
                kind=kind,
                subject=f"{shipment.number} {waybill}",
                shipment=shipment,
                waybill=waybill,
                due_at=last_word(shipment) + patience if kind == K.POLL else now,
            )
            for shipment in shipments
            if reports_on(endpoint, shipment.carrier) and last_word(shipment) > now - GIVE_UP
            for waybill in waybills_of(shipment)
            for kind in kinds
        ],
        ignore_conflicts=True,
    )


def waybills_of(shipment: Shipment) -> list[str]:
    """Its own and those of its further parcels."""
    return list(dict.fromkeys([shipment.waybill, *(parcel.number for parcel in shipment.parcels.all())]))


def last_word(shipment: Shipment) -> datetime:
    return shipment.heard_at or shipment.shipped_at


def last_word_of_parcel(shipment: Shipment, parcel: Parcel) -> datetime:
    told = shipment.events.filter(parcel=parcel.number).aggregate(at=Max("received_at"))["at"]
    return told or shipment.shipped_at


def note_fetches(endpoint: Endpoint, addresses: Sequence[str], now: datetime) -> None:
    """What a message says has changed, to be fetched; an address that is noted already is fetched again. Nothing while
    the partner's API is off. Raises ForeignAddressError for an address outside the partner's own."""
    api = PartnerApi.objects.filter(endpoint=endpoint, is_on=True).first()
    if api is None or "fetch" not in abilities(endpoint.adapter):
        return
    own = [address for address in addresses if is_of(api, address)]
    for address in own:
        errand, is_new = Errand.objects.get_or_create(
            endpoint=endpoint, kind=K.FETCH, subject=address, defaults={"due_at": now}
        )
        if not is_new:
            waits_longer = Q(due_at__isnull=True) | Q(due_at__gt=now)
            Errand.objects.filter(waits_longer, pk=errand.pk).update(due_at=now, tries=0)
    if len(own) < len(addresses):
        raise ForeignAddressError("the address is none of this partner's own")


def note_confirmation(event: InboxEvent, now: datetime) -> None:
    """A partner asks whether a subscription is ours."""
    if PartnerApi.objects.filter(endpoint=event.endpoint_id, is_on=True).exists():
        Errand.objects.get_or_create(
            endpoint_id=event.endpoint_id, kind=K.CONFIRM, subject=str(event.pk), defaults={"due_at": now}
        )


def note_failure(endpoint: Endpoint, now: datetime) -> None:
    """A partner says that a subscription has failed or ended, and not of which numbers: officers see it, and all that
    is under way is subscribed anew."""
    PartnerApi.objects.filter(endpoint=endpoint, is_on=True).update(error="ended", failed_at=now)
    _renew(Errand.objects.filter(endpoint=endpoint), now)


def note_ended(endpoint: Endpoint, reports: Iterable[Report], now: datetime) -> None:
    """Where the newest word of a shipment under way is that nobody watches it any more it is subscribed anew."""
    numbers = [number for report in reports if report.monitoring in ENDED for number in report.numbers]
    if numbers:
        _renew(Errand.objects.filter(endpoint=endpoint, waybill__in=numbers, shipment__monitoring__in=ENDED), now)


def _renew(errands: QuerySet[Errand], now: datetime) -> None:
    """At once, or when the subscription that has ended is an hour old: one that never holds is not asked for all the
    time."""
    living = errands.filter(kind=K.SUBSCRIBE).exclude(shipment__status__in=TERMINAL)
    rested = Q(done_at__isnull=True) | Q(done_at__lte=now - REST)
    living.filter(rested, Q(due_at__isnull=True) | Q(due_at__gt=now)).update(due_at=now, error="ended")
    first = F("done_at") + REST
    living.exclude(rested).filter(Q(due_at__isnull=True) | Q(due_at__gt=first)).update(due_at=first, error="ended")


def forget_done(now: datetime) -> int:
    """A worker step: what was done or given up long ago."""
    old = Errand.objects.filter(due_at__isnull=True, done_at__lt=now - KEEP_DONE)
    batch = list(old.order_by("done_at").values_list("pk", flat=True)[:BATCH])
    if batch:
        Errand.objects.filter(pk__in=batch, due_at__isnull=True).delete()
    return len(batch)
