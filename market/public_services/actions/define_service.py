"""Services and their versions: defined, written as a draft, published for good, closed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotFound
from market.public_services.errors import VersionPublished
from market.public_services.models import ServiceItem, ServiceVersion
from market.public_services.queries import version_in_force
from market.public_services.schema import what_is_missing
from market.public_services.states import LEVELS
from market.regions.models import OrgUnit

PARTS: Final = (
    "texts",
    "form_schema",
    "conditions",
    "materials",
    "routing",
    "accept_days",
    "publicity_days",
    "fee",
)
RESERVED: Final = "applications"


def define_service(
    *,
    slug: str,
    names: Mapping[str, str],
    category: str,
    unit: OrgUnit,
    legal_ground: str = "",
    by: User,
    now: datetime,
) -> ServiceItem:
    """With an empty draft of its first version. By a reviewer whose subtree holds the office. Raises NotFound,
    InvalidInput for a slug that is taken or reserved."""
    _check_reach(by, unit, now)
    if unit.level not in LEVELS:
        raise InvalidInput(fields={"unit": _("a regiment, a division or the corps offers services")})
    if slug == RESERVED:
        raise InvalidInput(fields={"slug": _("this address is taken")})
    try:
        with transaction.atomic():
            item = ServiceItem.objects.create(
                slug=slug, category=category, unit=unit, legal_ground=legal_ground.strip(), created_at=now, **names
            )
            _note("service.defined", item, by, now)
    except IntegrityError as error:
        raise InvalidInput(fields={"slug": _("this address is taken")}) from error
    draft_version(item, by=by, now=now)
    return item


def draft_version(item: ServiceItem, *, by: User, now: datetime) -> ServiceVersion:
    """The draft that is there, or a new one that begins as a copy of the version in force. Raises NotFound."""
    _check_reach(by, item.unit, now)
    with transaction.atomic():
        ServiceItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        if draft := item.versions.filter(published_at=None).first():
            return draft
        newest = version_in_force(item)
        parts = {name: getattr(newest, name) for name in PARTS} if newest else {}
        no = newest.no + 1 if newest else 1
        return ServiceVersion.objects.create(item=item, no=no, drafted_by=by, drafted_at=now, **parts)


def write_version(version: ServiceVersion, *, by: User, now: datetime, **parts: Any) -> ServiceVersion:
    """`parts`: names of PARTS. Raises NotFound, VersionPublished."""
    _check_reach(by, version.item.unit, now)
    with transaction.atomic():
        row = _locked_draft(version)
        for name in PARTS:
            if name in parts:
                setattr(row, name, parts[name])
        row.save(update_fields=[name for name in PARTS if name in parts])
    return row


def publish_version(version: ServiceVersion, *, by: User, now: datetime) -> ServiceVersion:
    """From now on new applications are made by it; those under way keep theirs. Raises NotFound, VersionPublished,
    InvalidInput (`version`: what is missing)."""
    _check_reach(by, version.item.unit, now)
    with transaction.atomic():
        row = _locked_draft(version)
        if wrong := what_is_missing(row.texts, row.form_schema, row.conditions, row.routing):
            raise InvalidInput(fields={"version": "; ".join(wrong)})
        row.published_by, row.published_at = by, now
        row.save(update_fields=["published_by", "published_at"])
        _note("service.published", row.item, by, now, version=str(row.no))
    return row


def close_service(item: ServiceItem, *, reason: str, by: User, now: datetime) -> ServiceItem:
    """No new application; those under way go on. Raises NotFound, InvalidInput without a reason."""
    _check_reach(by, item.unit, now)
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("please say why")})
    with transaction.atomic():
        if ServiceItem.objects.filter(pk=item.pk, closed_at=None).update(closed_at=now):
            _note("service.closed", item, by, now, reason=reason.strip())
    item.closed_at = now
    return item


def defines(by: User, unit: OrgUnit, now: datetime) -> bool:
    """Reviewers write the services of their own unit and of those below it."""
    posts = posts_of(by, now, Post.Role.REVIEWER)
    return any(unit.path.startswith(post.unit.path) for post in posts)


def _check_reach(by: User, unit: OrgUnit, now: datetime) -> None:
    if not defines(by, unit, now):
        raise NotFound()


def _locked_draft(version: ServiceVersion) -> ServiceVersion:
    row = ServiceVersion.objects.select_for_update(of=("self",)).select_related("item__unit").get(pk=version.pk)
    if row.published_at is not None:
        raise VersionPublished()
    return row


def _note(action: str, item: ServiceItem, by: User, now: datetime, **more: str) -> None:
    record_act(actor=by, action=action, subject_kind="service", subject_id=item.slug, now=now, **more)
