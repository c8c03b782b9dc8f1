"""How the firms of the season came in: registered, handed in, decided; four of them are still on the way."""

from datetime import timedelta

from market.accounts.models import User
from market.config.season.catalogue import Shelf, named, stock_catalogue
from market.config.season.farms import Farm
from market.config.season.stage import Stage
from market.config.season.timeline import Story
from market.enterprises.actions.admission import decide_admission, register_enterprise, submit_admission
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit

REVIEWERS = {"S101": "officer-tamarisk", "S102": "officer-poplar", "S201": "officer-oleaster"}
ADMITTED, STOCKED = 60, 30


def admission(stage: Stage, farm: Farm, unit: OrgUnit, shelf: Shelf) -> Story:
    """Sixty days ago for those that sell; their shops opened thirty days later."""
    days = ADMITTED + farm.number % 9 if farm.admission == "approved" else 3 + farm.number % 3
    yield stage.day(days, "09:40")
    owner = stage.people["seller"] if farm.number == 1 else _owner(farm)
    at = stage.day(days, "09:40")
    enterprise = register_enterprise(credit_code=farm.credit_code, name_zh=farm.names[0], unit=unit, by=owner, now=at)
    stage.farms[farm.number] = enterprise
    _fill_in(enterprise, farm)
    if farm.admission == "draft":
        return
    yield at + timedelta(hours=5)
    submit_admission(enterprise, by=owner, now=at + timedelta(hours=5))
    if farm.admission == "submitted":
        return
    officer = stage.people[REVIEWERS[farm.unit]]
    decided = at + timedelta(days=1, hours=1)
    yield decided
    if farm.admission == "returned":
        items = {"address": "请写到连队和门牌号。", "contact_phone": "座机三次无人接听，请换成能接通的手机号。"}
        decide_admission(enterprise, Enterprise.State.RETURNED, by=officer, items=items, now=decided)
        return
    decide_admission(enterprise, Enterprise.State.APPROVED, by=officer, now=decided)
    opened = stage.day(STOCKED, "08:00") + timedelta(minutes=farm.number)
    yield opened
    stock_catalogue(farm, enterprise, shelf, now=opened, until=stage.now)


def _fill_in(enterprise: Enterprise, farm: Farm) -> None:
    """What the owner writes into the form before handing in."""
    about = farm.field if farm.field[0] else ("", "", "")
    fields = named(farm.names) | named(about, "about")
    fields |= {
        "contact_name": "样例联系人",
        "contact_phone": f"+86138001{farm.number:05}",
        "address": f"{enterprise.unit.name_zh}样例连{farm.number}号",
        "bank_name": "样例银行",
        "bank_account": f"9900000000{farm.number:06}",
    }
    Enterprise.objects.filter(pk=enterprise.pk).update(**fields)
    enterprise.refresh_from_db()


def _owner(farm: Farm) -> User:
    return User.objects.create_user(f"farm{farm.number:02}@season.example", full_name=f"{farm.brand[0]}负责人（样例）")
