"""An enterprise finds a service, applies, is sent back, corrects, prints and withdraws; others see nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from market.common.clock import read_clock
from market.public_services.actions.decide import approve, return_case
from market.public_services.models import Application
from market.public_services.states import State
from tests.builders import make_member, make_user
from tests.market.office.people import statements_of
from tests.market.portal.people import read, send, staff_of
from tests.market.public_services.scenes import (
    PDF,
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
SERVICES = "/en/services/"
OWN = f"{SERVICES}applications/"


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def owner(town: Town) -> Client:
    client = Client()
    client.force_login(town.owner)
    return client


def test_everybody_reads_what_is_offered(town: Town) -> None:
    item = make_service(town.corps)

    assert "Cold store support" in words(Client().get(SERVICES))
    assert "Cold store support" in words(Client().get(SERVICES, {"q": "冷库", "category": "policy"}))
    assert "No service fits this." in words(Client().get(SERVICES, {"q": "nothing of it"}))
    page = words(Client().get(f"{SERVICES}{item.slug}/"))
    for seen in ("Audience", "Result", "Plan", "3 working days", "50,000.00", "示范兵团", "示例办法第一条", "no fee"):
        assert seen in page, seen
    assert Client().get(f"{SERVICES}nowhere/").status_code == 404


def test_from_the_questions_to_the_number(town: Town, owner: Client) -> None:
    item = make_service(town.corps)
    start = f"{SERVICES}{item.slug}/start/"
    assert "Only for this area." in send(owner, start, {"area": "no"}, status=422)
    send(owner, start, {"area": "yes"})
    draft = Application.objects.get()
    here = f"{OWN}{draft.number}/"
    tasks = words(owner.get(here))
    for seen in ("Contact complete", "Project not started", "Papers not started", "Still needed:"):
        assert seen in tasks, seen

    assert "Please enter a number" in send(owner, f"{here}section/project/", {"amount": "viel"}, status=422)
    send(owner, f"{here}section/project/", {"what": "冷库改造", "amount": "30,000"})
    assert "is no PDF" in send(owner, f"{here}papers/plan/", {"file": SimpleUploadedFile("a.pdf", b"MZ")}, status=422)
    send(owner, f"{here}papers/plan/", {"file": SimpleUploadedFile("计划.pdf", PDF), "valid_to": "2099-01-01"})
    check = words(owner.get(f"{here}check/"))
    for seen in ("张三", "冷库改造", "30,000.00", "计划.pdf", "In this area?"):
        assert seen in check, seen
    assert "Please tick this" in send(owner, f"{here}check/", {}, status=422)
    done = words(owner.post(f"{here}check/", {"is_declared": "on"}, follow=True))

    case = Application.objects.get()
    assert case.state == State.SUBMITTED
    office = town.regiment.name_zh
    for seen in (f"Your number is {case.number}.", office, f"handed in, at {office} until"):
        assert seen in done, seen
    assert owner.get(f"{OWN}{case.number}/papers/").status_code == 404


def test_one_sentence_says_state_office_due_day_and_next_step(town: Town, owner: Client) -> None:
    case = make_accepted(town, make_service(town.corps), amount="300000", now=read_clock())

    page = words(owner.get(f"{OWN}{case.number}/"))

    sentence = next(part for part in page.split(". ") if "until" in part)
    for seen in ("under review by the regiment", town.regiment.name_zh, f"next: review by {town.division.name_zh}"):
        assert seen in sentence, seen
    assert str(case.due_day.year) in sentence  # type: ignore[union-attr]


def test_the_whole_case_prints(town: Town, owner: Client) -> None:
    now = read_clock()
    case = make_accepted(town, make_service(town.corps), amount="300000", now=now)
    case = approve(at_desk(case), opinion="情况属实", by=town.officers["regiment"], now=now)

    page = words(owner.get(f"{OWN}{case.number}/"))

    for seen in (
        case.number,
        town.enterprise.credit_code,
        "In this area?",
        "张三",
        "冷库改造",
        "300,000.00",
        "plan.pdf",
        "情况属实",
        "accepted as complete",
        town.corps.name_zh,
    ):
        assert seen in page, seen


def test_sent_back_only_what_is_named_can_be_changed(town: Town, owner: Client) -> None:
    now = read_clock()
    case = make_case(town, make_service(town.corps), now=now)
    return_case(at_desk(case), {"amount": "与发票不符"}, by=town.officers["regiment"], now=now)
    here = f"{OWN}{case.number}/"

    tasks = words(owner.get(here))
    for seen in ("Sum asked for: 与发票不符", "Project to correct", "Contact stays as it was"):
        assert seen in tasks, seen
    project = owner.get(f"{here}section/project/").content.decode()
    assert 'name="amount"' in project
    assert 'name="what"' not in project
    assert "so it stays as it was" in words(owner.get(f"{here}section/contact/"))
    assert "only what was asked" in send(owner, f"{here}section/contact/", {"person": "李四"}, status=422)
    assert "Still missing: Sum asked for." in send(owner, f"{here}check/", {"is_declared": "on"}, status=422)

    send(owner, f"{here}section/project/", {"amount": "28000"})
    send(owner, f"{here}check/", {"is_declared": "on"})

    case.refresh_from_db()
    assert (case.round, case.state, case.answers["amount"]) == (2, State.SUBMITTED, "28000")


def test_a_paper_is_taken_away_and_a_held_one_is_named(town: Town, owner: Client) -> None:
    draft = make_draft(town, make_service(town.corps))
    papers = f"{OWN}{draft.number}/papers/"

    send(owner, f"{papers}plan/", {"remove": "1"})
    assert "plan.pdf" not in read(owner, papers)
    send(owner, f"{papers}plan/", {}, status=422)


def test_withdrawing_has_its_own_page(town: Town, owner: Client) -> None:
    case = make_case(town, make_service(town.corps))
    path = f"{OWN}{case.number}/withdraw/"

    assert "Nobody decides about it any more." in read(owner, path)
    assert Application.objects.get().state == State.SUBMITTED
    send(owner, path, {"withdraw": "1"})

    assert Application.objects.get().state == State.WITHDRAWN
    assert owner.get(path).status_code == 302


def test_others_see_and_do_nothing(town: Town) -> None:
    case = make_case(town, make_service(town.corps))
    draft = make_draft(town, case.version.item)
    paper = case.paper_rows.get()
    stranger, nobody = staff_of(make_town().enterprise), Client()
    nobody.force_login(make_user())

    for client in (stranger, nobody):
        for number in (case.number, draft.number):
            for rest in ("", "section/project/", "papers/", "papers/plan/", "check/", "withdraw/"):
                assert client.get(f"{OWN}{number}/{rest}").status_code == 404, rest
                assert client.post(f"{OWN}{number}/{rest}", {"is_declared": "on"}).status_code in (404, 405), rest
        assert client.get(f"{OWN}{case.number}/files/{paper.pk}/").status_code == 404
    assert case.number not in stranger.get(OWN).content.decode()
    assert Client().get(f"{OWN}{case.number}/").status_code == 302


def test_staff_without_the_right_reads_only(town: Town) -> None:
    case = make_case(town, make_service(town.corps))
    seller = staff_of(town.enterprise, "sales")

    assert case.number in read(seller, OWN)
    assert "Withdraw the application" not in read(seller, f"{OWN}{case.number}/")
    assert seller.post(f"{OWN}{case.number}/withdraw/").status_code == 403
    assert seller.get(f"{SERVICES}{case.version.item.slug}/start/").status_code == 403


def test_who_has_no_enterprise_is_led_to_registering_one(town: Town) -> None:
    item = make_service(town.corps)
    client = Client()
    client.force_login(make_user())

    answer = client.get(f"{SERVICES}{item.slug}/start/")

    assert (answer.status_code, answer["Location"]) == (302, "/en/sell/onboarding/")


def test_the_first_page_counts_what_has_to_go_on_and_opens_to_exactly_that(town: Town, owner: Client) -> None:
    item, now = make_service(town.corps), read_clock()
    case, draft = make_case(town, item, now=now), make_draft(town, item)

    home = owner.get("/en/sell/")
    found = owner.get(OWN, {"state": "open"}).content.decode()

    assert home.context["todo"].services == 1
    assert f"{OWN}?state=open" in home.content.decode()
    assert draft.number in found
    assert case.number not in found


def test_what_is_shown_to_the_public_stands_on_the_page(town: Town) -> None:
    now = read_clock()
    case = make_accepted(town, make_service(town.corps, publicity_days=5), now=now)
    approve(at_desk(case), by=town.officers["regiment"], now=now)

    page = words(Client().get(f"{SERVICES}{case.version.item.slug}/"))

    assert case.number in page
    assert town.enterprise.name_en in page


def test_a_hint_is_text_and_not_a_part_of_the_page(town: Town, owner: Client) -> None:
    field = {
        "name": "x",
        "kind": "text",
        "section": "s",
        "label": {"zh": "<b>标签</b>"},
        "hint": {"zh": "<script>alert(1)</script>"},
    }
    form = {"sections": [{"code": "s", "title": {"zh": "部分"}}], "fields": [field]}
    item = make_service(town.corps, form_schema=form, routing=[{"levels": ["regiment"], "days": 3}], conditions=[])
    send(owner, f"{SERVICES}{item.slug}/start/", {"go": "1"})

    page = read(owner, f"{OWN}{Application.objects.get().number}/section/s/")

    assert "<script>alert" not in page
    assert "<b>标签" not in page


def test_statements_do_not_grow_with_services_or_applications(town: Town, owner: Client) -> None:
    item = make_service(town.corps)
    make_case(town, item)
    owner.get(OWN)
    few, public = statements_of(lambda: owner.get(OWN)), statements_of(lambda: owner.get(SERVICES))
    for number in range(4):
        make_case(town, make_service(town.corps, slug=f"more-{number}"))

    assert statements_of(lambda: owner.get(OWN)) == few
    assert statements_of(lambda: owner.get(SERVICES)) == public
    assert make_member(town.enterprise)
