"""API keys of people who let their own programs work for them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import ApiKey, User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from market.common.ids import digest, new_secret


def create_api_key(
    user: User, *, name: str, scopes: Sequence[str], now: datetime, enterprise_number: str = ""
) -> tuple[ApiKey, str]:
    """The key's row and `<prefix>.<secret>`, which is shown this once: only its digest is stored.

    Raises InvalidInput without a name, without scopes, or for a scope that does not exist. Whether the user works for
    the enterprise is looked at when the key is used.
    """
    if not name.strip():
        raise InvalidInput(fields={"name": _("give the key a name, so that you know it again")})
    if not scopes or not set(scopes) <= set(ApiKey.Scope.values):
        raise InvalidInput(fields={"scopes": _("choose what the key may do")})
    prefix = new_secret(9)
    secret = f"{prefix}.{new_secret()}"
    with transaction.atomic():
        key = ApiKey.objects.create(
            user=user,
            enterprise_number=enterprise_number,
            name=name.strip(),
            prefix=prefix,
            key_digest=digest(secret),
            scopes=sorted(set(scopes)),
            created_at=now,
        )
        record_act(actor=user, action="api_key.created", subject_kind="api_key", subject_id=prefix, now=now)
    return key, secret


def revoke_api_key(key: ApiKey, *, by: User, now: datetime) -> None:
    """At once and for good; a second time changes nothing. Whose key it is the caller has asked."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now):
            record_act(actor=by, action="api_key.revoked", subject_kind="api_key", subject_id=key.prefix, now=now)
