"""Services, officers of three levels and cases for tests of public services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from market.accounts.models import User
from market.enterprises.models import Enterprise
from market.public_services.actions.decide import accept
from market.public_services.actions.define_service import define_service, publish_version, write_version
from market.public_services.actions.fill_in import put_paper, save_section
from market.public_services.actions.hand_in import hand_in
from market.public_services.actions.start_application import start_application
from market.public_services.models import Application, ServiceItem, ServiceVersion, Step
from market.public_services.papers import Upload, read_upload
from market.public_services.queries import open_step
from market.regions.models import OrgUnit
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_regiment

PDF = b"%PDF-1.7 sample"
DAY = timedelta(days=1)


def words(text: str) -> dict[str, str]:
    return {"zh": f"{text}（中）", "en": text, "ru": f"{text} (рус)"}


FORM: dict[str, Any] = {
    "sections": [
        {"code": "contact", "title": words("Contact")},
        {"code": "project", "title": words("Project")},
    ],
    "fields": [
        {"name": "person", "kind": "text", "section": "contact", "label": words("Person"), "fact": "contact_name"},
        {"name": "what", "kind": "words", "section": "project", "label": words("What is planned")},
        {"name": "amount", "kind": "money", "section": "project", "label": words("Sum asked for")},
        {"name": "since", "kind": "day", "section": "project", "label": words("Since"), "is_required": False},
    ],
}
CONDITIONS = [
    {"code": "area", "question": words("In this area?"), "wanted": "yes", "why": words("Only for this area.")}
]
MATERIALS: list[dict[str, Any]] = [
    {"code": "plan", "label": words("Plan"), "document": "plan"},
    {"code": "organic", "label": words("Organic certificate"), "is_required": False, "certificate": "organic"},
]
ROUTING: list[dict[str, Any]] = [
    {"most": "50000", "levels": ["regiment"], "days": 5},
    {"most": "200000", "levels": ["regiment", "corps"], "days": 10},
    {"levels": ["regiment", "division", "corps"], "days": 20},
]
ANSWERS = {"contact": {"person": "张三"}, "project": {"what": "冷库改造", "amount": "30000"}}
FORM_TEXTS = {name: words(name.capitalize()) for name in ("summary", "audience", "result", "guide")}


@dataclass(frozen=True)
class Town:
    """An enterprise, the units above it and a reviewer in each."""

    enterprise: Enterprise
    owner: User
    regiment: OrgUnit
    division: OrgUnit
    corps: OrgUnit
    officers: Mapping[str, User]


def make_town() -> Town:
    regiment = make_regiment()
    division = regiment.parent
    assert division is not None
    assert division.parent is not None
    units = {"regiment": regiment, "division": division, "corps": division.parent}
    enterprise = make_enterprise(unit=regiment)
    enterprise.contact_name = "张三"
    enterprise.save(update_fields=["contact_name"])
    officers = {level: make_officer(unit) for level, unit in units.items()}
    return Town(enterprise, make_member(enterprise), regiment, division, division.parent, officers)


def make_service(unit: OrgUnit, slug: str = "cold-store", **parts: Any) -> ServiceItem:
    """Published."""
    by = make_officer(unit)
    item = define_service(
        slug=slug,
        names={"name_zh": "冷库补贴", "name_en": "Cold store support", "name_ru": "Поддержка хранилищ"},
        category="policy",
        unit=unit,
        legal_ground="示例办法第一条",
        by=by,
        now=NOW - DAY,
    )
    draft = item.versions.get()
    publish_version(written(draft, by, **parts), by=by, now=NOW - DAY)
    return item


def written(draft: ServiceVersion, by: User, **parts: Any) -> ServiceVersion:
    whole = {
        "texts": FORM_TEXTS,
        "form_schema": FORM,
        "conditions": CONDITIONS,
        "materials": MATERIALS,
        "routing": ROUTING,
        "accept_days": 3,
    }
    return write_version(draft, by=by, now=NOW - DAY, **(whole | parts))


def upload(name: str = "plan.pdf", raw: bytes = PDF) -> Upload:
    return read_upload(SimpleUploadedFile(name, raw))


def make_draft(town: Town, item: ServiceItem, *, amount: str = "30000", now: datetime = NOW) -> Application:
    """Filled in."""
    draft = start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=now)
    for code, values in ANSWERS.items():
        draft = save_section(draft, code, values | {"amount": amount}, by=town.owner, now=now)
    put_paper(draft, "plan", upload(), valid_to=None, by=town.owner, now=now)
    return draft


def make_case(town: Town, item: ServiceItem, *, amount: str = "30000", now: datetime = NOW) -> Application:
    """Handed in."""
    return hand_in(make_draft(town, item, amount=amount, now=now), is_declared=True, by=town.owner, now=now)


def make_case_of(enterprise: Enterprise, owner: User, said: str) -> Application:
    """Handed in by an enterprise without a town around it; these words are in its answers only."""
    item = make_service(enterprise.unit, conditions=[])
    draft = start_application(item, enterprise, eligibility={}, by=owner, now=NOW)
    draft = save_section(draft, "contact", {"person": said}, by=owner, now=NOW)
    draft = save_section(draft, "project", {"what": said, "amount": "1"}, by=owner, now=NOW)
    put_paper(draft, "plan", upload(), valid_to=None, by=owner, now=NOW)
    return hand_in(draft, is_declared=True, by=owner, now=NOW)


def make_accepted(town: Town, item: ServiceItem, *, amount: str = "30000", now: datetime = NOW) -> Application:
    return accept(at_desk(make_case(town, item, amount=amount, now=now)), by=town.officers["regiment"], now=now)


def at_desk(case: Application) -> Step:
    """The open step, as the page of an officer who looks now would hold it."""
    step = open_step(case)
    assert step is not None
    return step


def skipped(case: Application) -> Sequence[tuple[str, str]]:
    rows = case.steps.filter(round=case.round, state="skipped")
    return list(rows.values_list("level", "skipped_for"))
