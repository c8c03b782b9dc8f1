"""Officers' queue of applications for services and one case; nobody sees another division's."""

from datetime import datetime, timedelta

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from market.common.clock import read_clock
from market.public_services.actions.decide import approve
from market.public_services.actions.fill_in import save_section
from market.public_services.actions.hand_in import hand_in
from market.public_services.models import Application
from market.public_services.states import State
from tests.builders import make_enterprise, make_member, make_officer
from tests.market.office.people import signed_in, statements_of
from tests.market.public_services.scenes import (
    Town,
    at_desk,
    make_accepted,
    make_case,
    make_draft,
    make_service,
    make_town,
)
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db
LIST = "/en/ops/applications/"


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def regiment(town: Town) -> Client:
    return signed_in(town.officers["regiment"])


def long_ago() -> datetime:
    return read_clock() - timedelta(days=40)


def send(client: Client, case: Application, act: str, **fields: str) -> int:
    """To the desk the case is at now."""
    fields |= {"act": act, "step": str(at_desk(case).pk)}
    return client.post(f"{LIST}{case.number}/", fields).status_code


def test_mine_come_first_and_what_is_late_stands_on_top_in_words(town: Town, regiment: Client) -> None:
    item, now = make_service(town.corps), read_clock()
    fresh, late = make_case(town, item, now=now), make_case(town, item, now=long_ago())
    upstairs = approve(
        at_desk(make_accepted(town, item, amount="300000", now=now)), by=town.officers["regiment"], now=now
    )
    draft = make_draft(town, item)

    mine = regiment.get(LIST).content.decode()
    everything = regiment.get(LIST, {"whose": "all"}).content.decode()

    assert mine.index(late.number) < mine.index(fresh.number)
    assert "days over" in mine
    assert upstairs.number not in mine
    assert upstairs.number in everything
    assert draft.number not in everything
    assert upstairs.number in signed_in(town.officers["division"]).get(LIST).content.decode()


def test_filters_and_the_table_agree(town: Town, regiment: Client) -> None:
    item, now = make_service(town.corps), read_clock()
    late, fresh = make_case(town, item, now=long_ago()), make_accepted(town, item, now=now)

    for query, found in (
        ({"whose": "all", "late": "1"}, [late]),
        ({"whose": "all", "state": "review_1"}, [fresh]),
        ({"whose": "unit", "state": "waiting"}, [late, fresh]),
        ({"whose": "all", "q": late.number[-3:]}, [late]),
        ({"whose": "all", "q": "\x00%_'"}, []),
        ({"whose": "all", "service": "cold-store", "unit": town.division.code}, [late, fresh]),
        ({"whose": "all", "service": "other\x00"}, []),
        ({"whose": "all", "unit": "nowhere"}, []),
        ({"whose": "nobody's", "state": "no state"}, [late, fresh]),
    ):
        page = regiment.get(LIST, query).content.decode()
        table = regiment.get(f"{LIST}applications.csv", query).content.decode("utf-8-sig")
        for case in (late, fresh):
            assert (case.number in page) is (case in found), (query, case)
            assert (case.number in table) is (case in found), (query, case)


def test_every_figure_of_the_desk_opens_to_exactly_its_cases(town: Town, regiment: Client) -> None:
    item = make_service(town.corps)
    make_case(town, item, now=long_ago())
    make_accepted(town, item, now=read_clock())
    make_case(make_town(), item, now=long_ago())
    approve(at_desk(make_accepted(town, item)), by=town.officers["regiment"], now=read_clock())

    home = regiment.get("/en/ops/")
    figures = {url: number for number, _words, url in home.context["figures"] if LIST in url}

    assert sorted(figures.values()) == [1, 2]
    for url, number in figures.items():
        assert regiment.get(url).context["found"] == number


def test_my_desk_names_what_is_mine(town: Town, regiment: Client) -> None:
    case = make_case(town, make_service(town.corps), now=long_ago())

    assert f"{LIST}{case.number}/" in regiment.get("/en/ops/").content.decode()
    assert f"{LIST}{case.number}/" not in signed_in(town.officers["division"]).get("/en/ops/").content.decode()


def test_a_case_is_accepted_and_granted_and_the_next_level_is_named_before(town: Town, regiment: Client) -> None:
    case = make_case(town, make_service(town.corps), amount="300000", now=read_clock())
    page = words(regiment.get(f"{LIST}{case.number}/"))
    for seen in ("As the enterprise sees it", "张三", "冷库改造", "plan.pdf", f"review by {town.regiment.name_zh}"):
        assert seen in page, seen

    assert send(regiment, case, "accept", opinion="齐全") == 302
    assert f"review by {town.division.name_zh}" in words(regiment.get(f"{LIST}{case.number}/"))
    assert send(regiment, case, "approve", opinion="同意") == 302
    division = signed_in(town.officers["division"])
    assert "Approve" not in words(regiment.get(f"{LIST}{case.number}/")).split("History")[0].split("Desks")[0]
    assert send(division, case, "approve") == 302
    assert send(signed_in(town.officers["corps"]), case, "approve") == 302

    case.refresh_from_db()
    assert case.state == State.APPROVED
    assert send_done(signed_in(town.officers["corps"]), case) == 302
    case.refresh_from_db()
    assert case.state == State.FULFILLED


def send_done(client: Client, case: Application) -> int:
    return client.post(f"{LIST}{case.number}/", {"act": "fulfil", "opinion": "12 月 1 日拨付"}).status_code


def test_a_return_asks_by_field_and_the_next_reader_sees_what_changed(town: Town, regiment: Client) -> None:
    now = read_clock()
    case = make_case(town, make_service(town.corps), now=now)
    assert send(regiment, case, "return") == 422
    assert send(regiment, case, "return", **{"at-what": "写明面积"}) == 302
    case.refresh_from_db()
    save_section(case, "project", {"what": "五百平方米"}, by=town.owner, now=now)
    hand_in(case, is_declared=True, by=town.owner, now=now)

    page = words(regiment.get(f"{LIST}{case.number}/"))

    for seen in ("changed", "Before: 冷库改造", "Asked last time: 写明面积", "time 2"):
        assert seen in page, seen


@pytest.mark.parametrize("act", ["refuse", "reject"])
def test_who_says_no_gives_reason_and_remedy(town: Town, regiment: Client, act: str) -> None:
    item = make_service(town.corps)
    case = make_case(town, item) if act == "refuse" else make_accepted(town, item)

    assert send(regiment, case, act, reason="面积不符") == 422
    assert send(regiment, case, act, reason="面积不符", remedy="复核后重报") == 302

    case.refresh_from_db()
    assert case.is_ended


def test_the_clock_is_stopped_and_goes_on(town: Town, regiment: Client) -> None:
    case = make_accepted(town, make_service(town.corps), now=read_clock())

    assert send(regiment, case, "pause", why="on_site", reason="约现场查验") == 302
    assert "The clock stands: an inspection on site." in words(regiment.get(f"{LIST}{case.number}/"))
    assert send(regiment, case, "resume") == 302

    case.refresh_from_db()
    assert case.clock == "running"


def test_the_second_of_two_officers_is_told(town: Town, regiment: Client) -> None:
    case = make_accepted(town, make_service(town.corps))
    second, seen = signed_in(make_officer(town.regiment)), at_desk(case)
    approve(seen, by=town.officers["regiment"], now=read_clock())

    fields = {"act": "reject", "step": str(seen.pk), "reason": "x", "remedy": "y"}
    told = second.post(f"{LIST}{case.number}/", fields, follow=True)

    assert f"{town.officers['regiment']} was faster: approved at this level." in words(told)
    case.refresh_from_db()
    assert case.state == State.APPROVED


def test_an_objection_ends_what_is_shown_to_the_public(town: Town, regiment: Client) -> None:
    now = read_clock()
    case = make_accepted(town, make_service(town.corps, publicity_days=5), now=now)
    approve(at_desk(case), by=town.officers["regiment"], now=now)

    fields = {"act": "object", "reason": "重复申报", "remedy": "可复议"}
    assert regiment.post(f"{LIST}{case.number}/", fields).status_code == 302

    case.refresh_from_db()
    assert case.state == State.REJECTED


def test_another_division_sees_and_does_nothing(town: Town) -> None:
    case = make_case(town, make_service(town.corps))
    paper = case.paper_rows.get()
    stranger = signed_in(make_town().officers["division"])

    for path in (f"{LIST}{case.number}/", f"{LIST}{case.number}/files/{paper.pk}/"):
        assert stranger.get(path).status_code == 404, path
    assert send(stranger, case, "accept") == 404
    for path in (LIST, f"{LIST}?whose=all", f"{LIST}?whose=all&q=SV", f"{LIST}applications.csv?whose=all"):
        assert case.number not in stranger.get(path).content.decode(), path
    case.refresh_from_db()
    assert case.state == State.SUBMITTED


def test_a_file_opens_for_those_in_charge_and_of_its_case_only(town: Town, regiment: Client) -> None:
    item = make_service(town.corps)
    case, other = make_case(town, item), make_case(town, item)
    paper = case.paper_rows.get()

    answer = regiment.get(f"{LIST}{case.number}/files/{paper.pk}/")

    assert answer.status_code == (200 if isinstance(default_storage, FileSystemStorage) else 302)
    assert answer["Cache-Control"].startswith("private")
    assert regiment.get(f"{LIST}{other.number}/files/{paper.pk}/").status_code == 404


def test_an_officer_of_the_enterprise_reads_that_somebody_else_decides(town: Town, regiment: Client) -> None:
    case = make_case(town, make_service(town.corps))
    town.enterprise.members.create(user=town.officers["regiment"], role="viewer")

    page = words(regiment.get(f"{LIST}{case.number}/"))

    assert "so somebody else decides about it" in page
    assert case.number not in regiment.get(LIST).content.decode()
    assert send(regiment, case, "accept") == 302  # back to the page, with the reason
    case.refresh_from_db()
    assert case.state == State.SUBMITTED


def test_statements_do_not_grow_with_cases(town: Town, regiment: Client) -> None:
    item, now = make_service(town.corps), read_clock()
    for _ in range(3):
        make_case(town, item, now=now)
    regiment.get(LIST)
    few = statements_of(lambda: regiment.get(LIST))
    for _ in range(5):
        enterprise = make_enterprise(unit=town.regiment)
        other = Town(enterprise, make_member(enterprise), town.regiment, town.division, town.corps, town.officers)
        make_case(other, item, now=now)

    assert statements_of(lambda: regiment.get(LIST)) == few
    assert statements_of(lambda: regiment.get("/en/ops/")) == statements_of(lambda: regiment.get("/en/ops/"))
