"""An enterprise's endpoints: made, changed, their keys changed, switched on and off, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotFound
from market.common.http import Forbidden, check_url
from market.common.languages import listed
from market.common.sealing import seal
from market.enterprises.models import Enterprise
from orders.outbound.catalogue import SUBSCRIBABLE
from orders.outbound.models import Endpoint, EndpointKey
from orders.outbound.send import switch_off
from orders.outbound.signing import new_ed25519_key, new_hmac_key

OVERLAP = timedelta(hours=24)
MOST = 10
K = EndpointKey.Kind


@dataclass(frozen=True)
class NewKeys:
    """Shown once: the secret both sides know. `public` belongs to the ed25519 key, where one is wanted."""

    secret: str
    public: str = ""


def create_endpoint(
    enterprise: Enterprise,
    url: str,
    *,
    name: str = "",
    types: Sequence[str] = (),
    with_ed25519: bool = False,
    by: User,
    now: datetime,
) -> tuple[Endpoint, NewKeys]:
    """Raises InvalidInput for an address nobody may be called at, for an unknown type, and from the eleventh on."""
    _check(url, types)
    with transaction.atomic():
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)  # two at once must not pass the limit together
        if Endpoint.objects.for_enterprise(enterprise.pk).count() >= MOST:
            raise InvalidInput(fields={"url": _("An enterprise can have at most %(most)s addresses.") % {"most": MOST}})
        endpoint = Endpoint.objects.create(
            enterprise=enterprise, url=url.strip(), name=name.strip()[:80], types=sorted(set(types)), created_at=now
        )
        keys = _add_keys(endpoint, with_ed25519, now)
        _note(endpoint, "webhook.created", by, now, url=endpoint.url)
    return endpoint, keys


def change_endpoint(
    endpoint: Endpoint, *, url: str, name: str, types: Sequence[str], by: User, now: datetime
) -> Endpoint:
    """Another address starts with a clean slate: what failed was the old one."""
    _check(url, types)
    with transaction.atomic():
        row = _lock(endpoint)
        before = row.url
        row.url, row.name, row.types = url.strip(), name.strip()[:80], sorted(set(types))
        if row.url != before:
            row.failures, row.failing_since, row.paused_until, row.told_days = 0, None, None, 0
        row.save()
        _note(row, "webhook.changed", by, now, before=before, after=row.url)
    return row


def rotate_key(endpoint: Endpoint, *, by: User, now: datetime, overlap: timedelta = OVERLAP) -> NewKeys:
    """New keys of the kinds it has; the old ones sign too for a day, so that the receiver can change over."""
    with transaction.atomic():
        row = _lock(endpoint)
        live = row.keys.filter(Q(retires_at__isnull=True) | Q(retires_at__gt=now))
        with_ed25519 = live.filter(kind=K.ED25519).exists()
        live.filter(Q(retires_at__isnull=True) | Q(retires_at__gt=now + overlap)).update(retires_at=now + overlap)
        keys = _add_keys(row, with_ed25519, now)
        _note(row, "webhook.key_rotated", by, now)
    return keys


def turn_off(endpoint: Endpoint, *, by: User, now: datetime) -> Endpoint:
    with transaction.atomic():
        row = _lock(endpoint)
        if row.is_active:
            switch_off(row, Endpoint.Off.BY_PERSON, now=now)
            _note(row, "webhook.off", by, now)
    return row


def turn_on(endpoint: Endpoint, *, by: User, now: datetime) -> Endpoint:
    """On again, with a clean slate. What was missed stays held back until somebody asks for it."""
    with transaction.atomic():
        row = _lock(endpoint)
        if not row.is_active:
            row.is_active, row.off_reason, row.off_at = True, "", None
            row.failures, row.failing_since, row.paused_until, row.told_days = 0, None, None, 0
            row.save()
            _note(row, "webhook.on", by, now)
    return row


def remove_endpoint(endpoint: Endpoint, *, by: User, now: datetime) -> None:
    """With its keys, deliveries and log."""
    with transaction.atomic():
        row = _lock(endpoint)
        _note(row, "webhook.removed", by, now, url=row.url)
        row.delete()


def _check(url: str, types: Sequence[str]) -> None:
    try:
        check_url(url.strip())
    except Forbidden as error:
        raise InvalidInput(
            fields={"url": _("Only https addresses on the public internet, on port 443, 80 or 8443.")}
        ) from error
    if unknown := sorted(set(types) - set(SUBSCRIBABLE)):
        raise InvalidInput(fields={"types": _("Unknown: %(types)s") % {"types": listed(unknown)[:200]}})


def _add_keys(endpoint: Endpoint, with_ed25519: bool, now: datetime) -> NewKeys:
    secret, private, public = new_hmac_key(), "", ""
    rows = [EndpointKey(endpoint=endpoint, kind=K.HMAC, sealed=seal(secret.encode()), created_at=now)]
    if with_ed25519:
        private, public = new_ed25519_key()
        rows.append(
            EndpointKey(endpoint=endpoint, kind=K.ED25519, sealed=seal(private.encode()), public=public, created_at=now)
        )
    EndpointKey.objects.bulk_create(rows)
    return NewKeys(secret, public)


def _lock(endpoint: Endpoint) -> Endpoint:
    row = Endpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
    if row is None:
        raise NotFound()
    return row


def _note(endpoint: Endpoint, action: str, by: User, now: datetime, **values: str) -> None:
    record_act(
        actor=str(by.pk), action=action, subject_kind="webhook_endpoint", subject_id=endpoint.pk, now=now, **values
    )
