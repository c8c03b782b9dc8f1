"""Reads of public services: what is offered, whose turn it is, what comes next."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.public_services.models import Application, ServiceItem, ServiceVersion, Step, StepResult
from market.public_services.reach import lent_to
from market.public_services.states import WAITING
from market.regions.models import OrgUnit


def version_in_force(item: ServiceItem) -> ServiceVersion | None:
    """The newest that was published."""
    return item.versions.filter(published_at__isnull=False).order_by("-no").first()


def offered(words: str = "", category: str = "") -> list[tuple[ServiceItem, ServiceVersion]]:
    """Services one can apply for, with the version in force, by category. Each of the words stands in a name or a text
    of any language. One statement."""
    newest = (
        ServiceVersion.objects.filter(item=OuterRef("item"), published_at__isnull=False)
        .order_by("-no")
        .values("pk")[:1]
    )
    items = ServiceItem.objects.filter(closed_at=None)
    if category:
        items = items.filter(category=category)
    versions = ServiceVersion.objects.filter(item__in=items, pk=Subquery(newest)).select_related("item__unit")
    found = [(one.item, one) for one in versions.order_by("item__category", "item__slug")]
    sought = words.casefold().split()
    return [(item, version) for item, version in found if all(word in _all_words(item, version) for word in sought)]


def _all_words(item: ServiceItem, version: ServiceVersion) -> str:
    texts = (text for said in version.texts.values() for text in said.values())
    return " ".join([item.name_zh, item.name_en, item.name_ru, *texts]).casefold()


def open_step(application: Application) -> Step | None:
    return application.steps.filter(state=Step.State.OPEN).select_related("unit", "application").first()


def deciding_unit(application: Application) -> OrgUnit | None:
    """Of the level that approved last."""
    rows = application.steps.filter(round=application.round, kind=Step.Kind.REVIEW, state=Step.State.DONE)
    last = rows.select_related("unit").order_by("position").last()
    return last.unit if last else None


def with_desk(rows: QuerySet[Application]) -> QuerySet[Any]:
    """Each with `desk_unit` and `desk_since` of its open step."""
    step = Step.objects.filter(application=OuterRef("pk"), state=Step.State.OPEN)
    return rows.annotate(desk_unit=Subquery(step.values("unit")[:1]), desk_since=Subquery(step.values("opened_at")[:1]))


def mine(officer: User, now: datetime) -> Q:
    """Cases this officer may decide now, in the own name or standing in for somebody. One statement."""
    open_steps = Step.objects.filter(state=Step.State.OPEN)
    units = posts_of(officer, now, Post.Role.REVIEWER).values("unit")
    at_desk = Q(pk__in=open_steps.filter(unit__in=units).values("application"))
    for lent in lent_to(officer, now):
        of_holder = Q(pk__in=open_steps.filter(unit=lent.post.unit_id).values("application"))
        at_desk |= of_holder & ~Q(enterprise__members__user=lent.post.user_id)
    return at_desk & Q(state__in=WAITING) & ~Q(enterprise__members__user=officer)


def in_publicity(item: ServiceItem) -> QuerySet[Application]:
    """What everybody may look at and object to, the first to end on top."""
    rows = Application.objects.filter(version__item=item, state="publicity")
    return rows.select_related("enterprise").order_by("due_at", "pk")


def changed_fields(application: Application) -> dict[str, str]:
    """Fields that differ between the last two hand-ins, each with the answer before. One statement."""
    rows = application.results.filter(act=StepResult.Act.HAND_IN).order_by("-pk").values_list("answers", flat=True)
    told = list(rows[:2])
    if len(told) < 2:
        return {}
    now, before = told
    return {name: before.get(name, "") for name in {*now, *before} if now.get(name, "") != before.get(name, "")}
