"""50 buyers, 20 units, PostgreSQL, 50 connections. The same on SQLite: tests/processes/test_race.py."""

from collections.abc import Iterator

import pytest

from tests.processes.machine import Machine, running
from tests.processes.receipts import ALL_COUNT
from tests.processes.test_captures import ONE_CHAIN
from tests.processes.test_reversals import BOOKED_ONCE
from tests.processes.test_tables import ONE_RUNS_ONCE
from tests.processes.test_texts import EACH_ONCE
from tests.services.conftest import MakeMachine, redis_broker

pytestmark = pytest.mark.services
EXACTLY_TWENTY = {"outcomes": {"bought": 20, "sold out": 30}, "reserved": 20, "promised": 20}


@pytest.fixture
def machine(make_machine: MakeMachine) -> Iterator[Machine]:
    """Nothing listens to its broker, which is one of its own: these may run beside the tests of the others."""
    with running(make_machine(**redis_broker(place=4))) as made:
        yield made


def test_last_units_exactly_twenty_are_sold_in_each_of_twenty_races(machine: Machine) -> None:
    result = machine.do("race", repeats=20)

    assert result == {"vendor": "postgresql", "rounds": [EXACTLY_TWENTY] * 20}


@pytest.mark.parametrize("by", ["checkout", "reservation"])
def test_last_units_without_any_guard_are_sold_to_everybody(machine: Machine, by: str) -> None:
    result = machine.do("race", repeats=1, off=["lock", "condition", "check"], by=by)

    assert result["rounds"] == [{"outcomes": {"bought": 50}, "reserved": 50, "promised": 50}]


def test_last_units_the_condition_holds_alone(machine: Machine) -> None:
    result = machine.do("race", repeats=5, off=["lock", "check"])

    assert result["rounds"] == [EXACTLY_TWENTY] * 5


def test_last_units_the_constraint_holds_alone(machine: Machine) -> None:
    result = machine.do("race", repeats=5, off=["lock", "condition"], by="reservation")

    for race in result["rounds"]:
        assert race == {"outcomes": {"bought": 20, "IntegrityError": 30}, "reserved": 20, "promised": 20}


def test_of_ten_answers_to_a_pickup_job_one_counts(machine: Machine) -> None:
    one_counts = {"heard": {"counted": 1, "refused": 9}, "moves": 2}

    assert machine.do("answers", repeats=5) == {"vendor": "postgresql", "rounds": [one_counts] * 5}


def test_ten_reviews_of_one_product_at_once_all_count(machine: Machine) -> None:
    all_count = {"heard": {"done": 10}, "written": 10, "counted": 10}

    assert machine.do("opinions", repeats=5) == {"vendor": "postgresql", "rounds": [all_count] * 5}


def test_ten_reviews_without_the_lock_are_counted_short(machine: Machine) -> None:
    (race,) = machine.do("opinions", repeats=1, guarded=False)["rounds"]

    assert race["written"] == 10
    assert race["counted"] < 10


def test_of_ten_reviews_of_one_order_at_once_one_is_written(machine: Machine) -> None:
    one_counts = {"heard": {"done": 1, "reviewed_already": 9}, "written": 1, "counted": 1}

    assert machine.do("opinions", repeats=5, same_order=True)["rounds"] == [one_counts] * 5


def test_of_six_officers_at_once_one_decides(machine: Machine) -> None:
    one_decides = {"heard": {"done": 1, "decided_already": 5}, "kept": 1}

    assert machine.do("officers", repeats=5) == {"vendor": "postgresql", "rounds": [one_decides] * 5}


def test_officers_without_lock_and_condition_decide_a_case_twice(machine: Machine) -> None:
    (race,) = machine.do("officers", repeats=1, guarded=False)["rounds"]

    assert race["kept"] > 1


def test_a_budget_holds_under_fifty_grants_at_once(machine: Machine) -> None:
    result = machine.do("grants")

    assert result["heard"] == {"done": 20, "budget_spent": 30}
    assert result["granted"] == result["counted"] == "2000.0000"


def test_grants_without_the_condition_go_beyond_the_budget(machine: Machine) -> None:
    assert machine.do("grants", guarded=False)["granted"] == "5000.0000"


def test_an_office_gives_every_number_once_and_leaves_none_out(machine: Machine) -> None:
    in_a_row = {"heard": {"done": 6}, "given": [f"0000{place}" for place in range(1, 7)]}

    assert machine.do("numbers", repeats=5)["rounds"] == [in_a_row] * 5


def test_event_stored_while_it_is_taken_back_does_not_count(machine: Machine) -> None:
    taken_back = {"status": "unknown", "counts": [False], "errors": []}

    assert machine.do("retractions") == {"vendor": "postgresql", "rounds": [taken_back] * 3}


def test_event_and_its_retraction_miss_each_other_without_the_lock(machine: Machine) -> None:
    missed = {"status": "delivered", "counts": [True], "errors": []}

    assert machine.do("retractions", repeats=1, guarded=False)["rounds"] == [missed]


def test_of_ten_claims_of_one_order_at_once_one_is_filed(machine: Machine) -> None:
    one_is_filed = {"heard": {"done": 1, "claim_open": 9}, "written": 1}

    assert machine.do("claims", repeats=3)["rounds"] == [one_is_filed] * 3


def test_of_ten_who_end_a_claim_at_once_one_does(machine: Machine) -> None:
    assert machine.do("claims", ends=True, repeats=4)["rounds"] == [{"done": 1, "is_true": True}] * 4


def test_without_the_lock_a_claim_is_ended_several_times(machine: Machine) -> None:
    (race,) = machine.do("claims", ends=True, repeats=1, guarded=False)["rounds"]

    assert race["done"] > 1


PAID_ONCE = {"heard": {"done": 1, "nobody_to_pay": 3}, "payouts": 1, "left": "0", "wrong": False}


@pytest.mark.parametrize("off", [[], ["lock"]])
def test_of_four_pay_runs_at_once_one_pays(machine: Machine, off: list[str]) -> None:
    """The constraint holds alone, too."""
    assert machine.do("pay_runs", repeats=3, off=off)["rounds"] == [PAID_ONCE] * 3


def test_pay_runs_without_any_guard_pay_several_times(machine: Machine) -> None:
    (race,) = machine.do("pay_runs", repeats=1, off=["lock", "constraint"])["rounds"]

    assert race == {"heard": {"done": 4}, "payouts": 4, "left": "-2841.0000", "wrong": True}


def test_of_four_officers_at_once_one_decides_about_money_taken_back(machine: Machine) -> None:
    assert machine.do("reversals", repeats=3)["rounds"] == [BOOKED_ONCE] * 3


def test_of_two_tables_one_runs_and_six_workers_write_each_row_once(machine: Machine) -> None:
    result = machine.do("tables", repeats=2)

    assert result == {"vendor": "postgresql", "rounds": [ONE_RUNS_ONCE] * 2}


def test_four_workers_at_once_send_each_short_message_once(machine: Machine) -> None:
    assert machine.do("texts", repeats=2)["rounds"] == [EACH_ONCE] * 2


def test_short_messages_that_nobody_claims_go_out_several_times(machine: Machine) -> None:
    (race,) = machine.do("texts", repeats=1, guarded=False)["rounds"]

    assert race["most"] > 1


def test_no_parcel_packed_while_its_lot_is_recalled_is_missed(machine: Machine) -> None:
    assert machine.do("recalls", repeats=4)["rounds"] == [{"missed": 0, "whole": True}] * 4


def test_without_waiting_for_the_stock_a_recall_misses_parcels(machine: Machine) -> None:
    rounds = machine.do("recalls", repeats=3, guarded=False)["rounds"]

    assert any(race["missed"] for race in rounds)


def test_tables_of_receipts_at_once_count_each_receipt_once(machine: Machine) -> None:
    assert machine.do("receipts", repeats=4)["rounds"] == [ALL_COUNT] * 4


def test_without_the_lock_of_the_stock_receipts_are_lost(machine: Machine) -> None:
    rounds = machine.do("receipts", repeats=3, shared=False, guarded=False)["rounds"]

    assert not all(race["in_step"] for race in rounds)


def test_nothing_made_of_a_lot_while_it_is_recalled_is_missed(machine: Machine) -> None:
    assert machine.do("blends", repeats=4)["rounds"] == [{"missed": 0, "whole": True}] * 4


def test_without_the_locks_a_recall_misses_what_is_made(machine: Machine) -> None:
    rounds = machine.do("blends", repeats=3, guarded=False)["rounds"]

    assert any(race["missed"] for race in rounds)


def test_documents_captured_at_once_make_one_chain(machine: Machine) -> None:
    assert machine.do("captures", repeats=5) == {"vendor": "postgresql", "rounds": [ONE_CHAIN] * 5}


def test_without_the_lock_the_constraint_keeps_the_chain_from_forking(machine: Machine) -> None:
    (race,) = machine.do("captures", repeats=1, guarded=False)["rounds"]

    assert race["heard"].get("IntegrityError", 0) > 0
    assert race["whole"]


def test_papers_issued_at_once_have_numbers_without_gaps_and_one_matter_one_paper(machine: Machine) -> None:
    without_gaps = {"heard": {"done": 8}, "drawn": [1, 2, 3, 4]}

    assert machine.do("papers", repeats=4) == {"vendor": "postgresql", "rounds": [without_gaps] * 4}


def test_papers_without_the_lock_fail_on_the_constraint(machine: Machine) -> None:
    (race,) = machine.do("papers", repeats=1, guarded=False)["rounds"]

    assert race["heard"]["IntegrityError"] > 0


def test_of_five_invoices_handed_in_at_once_one_is_kept(machine: Machine) -> None:
    one_counts = {"heard": {"done": 1, "illegal_move": 4}, "kept": 1}

    assert machine.do("invoices", repeats=3)["rounds"] == [one_counts] * 3
