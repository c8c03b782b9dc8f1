"""Public services of the season, and how far the applications of its farms are."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from market.accounts.models import User
from market.common.languages import LANGUAGES
from market.config.season.catalogue import named
from market.config.season.crops import FOLDER
from market.config.season.stage import Stage
from market.config.season.timeline import Story
from market.public_services.actions.decide import accept, approve, return_case
from market.public_services.actions.define_service import define_service, publish_version, write_version
from market.public_services.actions.fill_in import put_paper, save_section
from market.public_services.actions.grant import set_budget
from market.public_services.actions.hand_in import hand_in
from market.public_services.actions.set_work_day import set_work_day
from market.public_services.actions.start_application import start_application
from market.public_services.models import Application, ServiceItem, Step
from market.public_services.papers import Upload
from market.public_services.queries import open_step
from market.regions.models import OrgUnit

TEXTS = ("label", "hint", "question", "why", "title", "summary", "audience", "result", "guide")
# A page with nothing on it: what a paper says is never made up.
BLANK_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
OFFICERS = {"S": "officer", "S1": "officer-division", "S101": "officer-tamarisk", "S102": "officer-poplar"}


@dataclass(frozen=True)
class Applied:
    """By a farm, so many days ago. `yes`: how often an officer said so."""

    service: str
    farm: int
    day: int
    answers: Mapping[str, str]
    yes: int = 0
    is_returned: bool = False


STORE = {"what": "new", "volume": "1200", "finished": "2026-09-20", "notes": "气调冷库一座，用于红枣预冷和贮藏。"}
COURSE = {"people": "2", "names": "样例学员甲（运营）\n样例学员乙（主播）", "again": "no"}
APPLIED = (
    Applied("organic-fee", 1, 20, {"body": "样例认证中心", "amount": "12000"}, yes=3),
    Applied("cold-store-support", 1, 9, STORE | {"amount": "360000"}, yes=3),
    Applied("cold-store-support", 2, 6, STORE | {"amount": "88000", "volume": "300"}, is_returned=True),
    Applied("cold-store-support", 3, 5, STORE | {"amount": "54000", "what": "rebuilt"}, yes=3),
    Applied("organic-fee", 8, 15, {"body": "样例认证中心", "amount": "9000"}, yes=1),
    Applied("online-selling-course", 2, 1, COURSE),
)


def make_services(units: Mapping[str, OrgUnit], by: User, now: datetime) -> None:
    """Published before the season begins, with the next holiday of the calendar: New Year is free by law."""
    new_year = date(now.year + 1, 1, 1)
    if new_year.weekday() < 5:
        set_work_day(new_year, is_working=False, note="元旦", by=by, now=now)
    for row in _services():
        unit = units[row["unit"]]
        item = define_service(
            slug=row["slug"],
            names=named(tuple(row["names"])),
            category=row["category"],
            unit=unit,
            legal_ground=row["legal_ground"],
            by=by,
            now=now,
        )
        draft = write_version(
            item.versions.get(),
            by=by,
            now=now,
            texts=_texts(row["texts"]),
            form_schema={"sections": _rows(row, "sections"), "fields": _rows(row, "fields")},
            conditions=_rows(row, "conditions"),
            materials=_rows(row, "materials"),
            routing=row["routing"],
            accept_days=row["accept_days"],
            publicity_days=row["publicity_days"],
            fee=Decimal(row["fee"]),
        )
        publish_version(draft, by=by, now=now)
        if "budget" in row:
            set_budget(item, budget=Decimal(row["budget"]), cap=Decimal(row["cap"]), by=by, now=now)


@cache
def _services() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / "services.toml").read_text("utf-8"))["service"]
    return found


def _rows(row: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [_texts(one) for one in row.get(name, ())]


def _texts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Texts by language; the values of a choice are code, then texts."""
    said: dict[str, Any] = {name: _by_language(value) if name in TEXTS else value for name, value in row.items()}
    if "choices" in said:
        said["choices"] = [{"code": one[0], "label": _by_language(one[1:])} for one in said["choices"]]
    return said


def _by_language(texts: Any) -> dict[str, str]:
    return {language[:2]: text for language, text in zip(LANGUAGES, texts, strict=True)}


def applications(stage: Stage) -> Iterator[Story]:
    for place, applied in enumerate(APPLIED):
        yield _application(stage, applied, place)
    yield _draft(stage)


def _application(stage: Stage, applied: Applied, place: int) -> Story:
    yield (at := stage.day(applied.day, f"10:{place:02}"))
    case = hand_in(_filled_in(stage, applied, at), is_declared=True, by=stage.owner(applied.farm), now=at)
    if applied.is_returned:
        yield (at := stage.day(applied.day - 1, f"11:{place:02}"))
        asked = {"finished": "完工日期与发票日期不一致，请核对。", "paper:invoice": "缺第二期工程款的付款凭证。"}
        return_case(_desk(case), asked, by=_officer(stage, case), now=at)
        return
    for number in range(applied.yes):
        yield (at := stage.day(applied.day - 1 - number, f"16:{place:02}"))
        act = accept if number == 0 else approve
        act(_desk(case), opinion="材料齐全。" if number == 0 else "情况属实，同意。", by=_officer(stage, case), now=at)


def _draft(stage: Stage) -> Story:
    """The seller who signs in has begun one more."""
    yield (at := stage.day(1, "15:20"))
    item, owner = ServiceItem.objects.get(slug="online-selling-course"), stage.owner(1)
    draft = start_application(item, stage.farms[1], eligibility={"free": "yes"}, by=owner, now=at)
    save_section(draft, "people", {"people": "1"}, by=owner, now=at)


def _filled_in(stage: Stage, applied: Applied, at: datetime) -> Application:
    item = ServiceItem.objects.get(slug=applied.service)
    owner, farm = stage.owner(applied.farm), stage.farms[applied.farm]
    farm.refresh_from_db()
    version = item.versions.get()
    eligibility = {one.code: one.wanted for one in version.questions}
    draft = start_application(item, farm, eligibility=eligibility, by=owner, now=at)
    for section in version.sections:
        draft = save_section(draft, section.code, draft.answers | dict(applied.answers), by=owner, now=at)
    for material in version.papers:
        if not (material.certificate and applied.farm == 1):  # the first farm's certificate has been checked
            upload = Upload(f"{material.label.zh}.pdf", BLANK_PDF, "pdf", "application/pdf")
            put_paper(draft, material.code, upload, valid_to=None, by=owner, now=at)
    return draft


def _desk(case: Application) -> Step:
    step = open_step(case)
    assert step is not None
    return step


def _officer(stage: Stage, case: Application) -> User:
    unit = _desk(case).unit
    assert unit is not None
    return stage.people[OFFICERS[unit.code]]
