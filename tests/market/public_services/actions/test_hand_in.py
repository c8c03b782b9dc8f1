"""Handing in, correcting, withdrawing."""

from datetime import UTC, datetime, timedelta

import pytest

from market.common.deadlines.working_days import read_calendar
from market.common.errors import IllegalMove, InvalidInput, NotFound
from market.public_services.actions.decide import accept, approve, return_case
from market.public_services.actions.define_service import close_service, draft_version, publish_version, write_version
from market.public_services.actions.fill_in import put_paper, remove_paper, save_section
from market.public_services.actions.hand_in import hand_in, missing_of, withdraw
from market.public_services.actions.start_application import start_application
from market.public_services.errors import DecidedAlready, NotMeantFor, NotOpenForChange
from market.public_services.models import Application, Paper
from market.public_services.queries import changed_fields
from market.public_services.states import State
from tests.builders import NOW
from tests.market.public_services.scenes import (
    DAY,
    Town,
    at_desk,
    make_accepted,
    make_case,
    make_draft,
    make_service,
    upload,
    words,
)

pytestmark = pytest.mark.django_db


def test_hand_in_names_what_is_missing_and_changes_nothing(town: Town) -> None:
    item = make_service(town.corps)
    draft = start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW)

    with pytest.raises(InvalidInput) as refused:
        hand_in(draft, is_declared=True, by=town.owner, now=NOW)

    assert set(refused.value.details["fields"]) == {"what", "amount", "paper:plan"}
    with pytest.raises(InvalidInput) as refused:
        hand_in(make_draft(town, item), is_declared=False, by=town.owner, now=NOW)
    assert set(refused.value.details["fields"]) == {"declared"}
    assert Application.objects.get().state == State.DRAFT


def test_a_draft_of_a_service_that_was_closed_is_not_handed_in(town: Town) -> None:
    item = make_service(town.corps)
    case, draft = make_case(town, item), make_draft(town, item)
    case = return_case(at_desk(case), {"what": "写明面积"}, by=town.officers["regiment"], now=NOW)
    close_service(item, reason="资金用完", by=town.officers["corps"], now=NOW)

    with pytest.raises(NotMeantFor):
        hand_in(draft, is_declared=True, by=town.owner, now=NOW)
    save_section(case, "project", {"what": "500 平方米"}, by=town.owner, now=NOW)

    assert hand_in(case, is_declared=True, by=town.owner, now=NOW).round == 2


def test_numbers_run_by_office_and_year(town: Town) -> None:
    item, other = make_service(town.corps), make_service(town.division, slug="training")
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Beijing

    numbers = [make_case(town, one, now=at).number for one, at in ((item, NOW), (item, NOW), (other, NOW))]

    code = town.division.code
    assert numbers == ["SV-XP-2026-00001", "SV-XP-2026-00002", f"SV-{code}-2026-00001"]
    assert make_case(town, item, now=new_year).number == "SV-XP-2027-00001"


def test_a_correction_keeps_number_and_answers_and_opens_only_what_is_named(town: Town) -> None:
    case = make_case(town, make_service(town.corps))
    asked = {"what": "写明面积", "paper:plan": "缺盖章页"}
    case = return_case(at_desk(case), asked, by=town.officers["regiment"], now=NOW + DAY)

    assert {row.target: row.what for row in case.corrections.all()} == asked
    for act in (
        lambda: save_section(case, "contact", {"person": "李四"}, by=town.owner, now=NOW + DAY),
        lambda: put_paper(case, "organic", upload(), valid_to=None, by=town.owner, now=NOW + DAY),
        lambda: remove_paper(case, "organic", by=town.owner, now=NOW + DAY),
    ):
        with pytest.raises(NotOpenForChange):
            act()
    with pytest.raises(InvalidInput) as refused:
        hand_in(case, is_declared=True, by=town.owner, now=NOW + DAY)
    assert set(refused.value.details["fields"]) == {"what", "paper:plan"}

    save_section(case, "project", {"what": "冷库 500 平方米", "amount": "99"}, by=town.owner, now=NOW + DAY)
    put_paper(case, "plan", upload(raw=b"%PDF-1.7 sealed"), valid_to=None, by=town.owner, now=NOW + DAY)
    again = hand_in(case, is_declared=True, by=town.owner, now=NOW + DAY)

    assert (again.number, again.round, again.state) == (case.number, 2, State.SUBMITTED)
    assert again.answers == {"person": "张三", "what": "冷库 500 平方米", "amount": "30000", "since": ""}
    assert changed_fields(again) == {"what": "冷库改造"}
    assert at_desk(again).round == 2
    assert Paper.objects.filter(application=case).count() == 2
    with pytest.raises(NotOpenForChange):
        save_section(again, "project", {"what": "再改"}, by=town.owner, now=NOW + DAY)


def test_a_return_names_only_what_the_version_has(town: Town) -> None:
    case = make_case(town, make_service(town.corps))

    for items in ({}, {"what": "  "}, {"nothing": "x"}, {"what": "x" * 501}):
        with pytest.raises(InvalidInput):
            return_case(at_desk(case), items, by=town.officers["regiment"], now=NOW)

    assert Application.objects.get().state == State.SUBMITTED
    assert at_desk(case).state == "open"


def test_a_correction_moves_what_is_due_by_the_working_time_it_took(town: Town) -> None:
    case = make_accepted(town, make_service(town.corps), amount="300000")
    case = approve(at_desk(case), by=town.officers["regiment"], now=NOW)
    due = case.due_at
    assert due is not None
    asked_at, back_at = NOW + DAY, NOW + 7 * DAY + timedelta(minutes=7)
    case = return_case(at_desk(case), {"what": "写明面积"}, by=town.officers["division"], now=asked_at)
    assert (case.clock, case.paused_for, case.due_at) == ("paused", "correction", due)

    save_section(case, "project", {"what": "500 平方米"}, by=town.owner, now=back_at)
    case = hand_in(case, is_declared=True, by=town.owner, now=back_at)

    calendar = read_calendar()
    assert case.due_at is not None
    assert calendar.between(due, case.due_at) == calendar.between(asked_at, back_at)
    assert calendar.between(asked_at, back_at) == 4 * DAY + timedelta(minutes=7)
    accepted = accept(at_desk(case), by=town.officers["regiment"], now=back_at)
    assert accepted.due_at == case.due_at  # the time to decide does not begin anew
    assert accepted.state == State.REVIEW_1  # every level sees what has changed


def test_a_new_version_never_moves_a_running_case(town: Town) -> None:
    item = make_service(town.corps)
    case = make_case(town, item)
    officer = town.officers["corps"]
    draft = draft_version(item, by=officer, now=NOW)
    more = {"code": "extra", "label": words("Extra")}
    draft = write_version(draft, by=officer, now=NOW, materials=[*draft.materials, more], accept_days=1)
    publish_version(draft, by=officer, now=NOW)

    case.refresh_from_db()
    assert case.version.no == 1
    assert missing_of(case, NOW) == {}
    newer = start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW)
    assert newer.version.no == 2
    assert "paper:extra" in missing_of(newer, NOW)


def test_withdrawn_before_the_decision_it_is_over(town: Town) -> None:
    item = make_service(town.corps)
    case, decided = make_accepted(town, item), make_accepted(town, item)
    decided = approve(at_desk(decided), by=town.officers["regiment"], now=NOW)
    seen = at_desk(case)

    assert withdraw(case, by=town.owner, now=NOW).state == State.WITHDRAWN
    with pytest.raises(DecidedAlready):
        approve(seen, by=town.officers["regiment"], now=NOW)
    with pytest.raises(IllegalMove):
        withdraw(decided, by=town.owner, now=NOW)
    with pytest.raises(NotFound):
        withdraw(case, by=town.officers["regiment"], now=NOW)
