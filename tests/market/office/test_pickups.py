"""Officers at the top open partners for pickup jobs, answer in their place, print the load sheet."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from market.common.audit.models import AuditEntry
from market.common.clock import read_clock
from orders.inbox.actions import create_endpoint
from orders.pickups.models import PickupJob, PickupPartner
from orders.pickups.queries import open_partners
from tests.builders import NOW, make_officer
from tests.market.office.people import signed_in, statements_of, top_unit
from tests.market.office.test_partners import strangers
from tests.orders.pickups.scenes import make_accepted, make_job, make_partner

pytestmark = pytest.mark.django_db
OPS = "/en/ops/"


def top_officer() -> Client:
    return signed_in(make_officer(top_unit(), "compliance"))


def read(client: Client, path: str) -> str:
    answer = client.get(OPS + path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("number", range(5))
def test_nothing_of_it_exists_for_any_other_post(number: int) -> None:
    partner, _secret = make_partner()
    job = make_accepted(partner=partner)
    client = signed_in(strangers()[number])
    pages = ("pickups/", "load-sheet/", "load-sheet.csv")

    for path in (*(f"partners/{partner.endpoint_id}/{page}" for page in pages), f"pickups/{job.number}/"):
        assert client.get(OPS + path).status_code == 404
        assert client.post(OPS + path, {"answer": "declined", "reason": "x", "saved": "1"}).status_code == 404
    job.refresh_from_db()
    assert (job.version, PickupPartner.objects.get().is_open) == (2, True)


def test_partner_is_opened_and_closed_and_the_log_says_so() -> None:
    endpoint, _secret = create_endpoint("standard", "Trucks", now=NOW)
    client, path = top_officer(), f"{OPS}partners/{endpoint.pk}/pickups/"

    client.post(path, {"saved": "1", "is_open": "on", "contact": "Li, 0991"})
    client.post(path, {"saved": "1", "is_open": "on", "contact": "Li, 0991"})
    assert [str(partner) for partner in open_partners()] == ["Trucks"]
    client.post(path, {"saved": "1", "contact": "Li, 0991"})

    assert list(open_partners()) == []
    actions = AuditEntry.objects.filter(subject_id=endpoint.pk).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["partner.fetches", "partner.fetches_not"]
    assert "closed for pickup jobs" in read(client, f"partners/{endpoint.pk}/")


def test_answers_in_the_partner_s_place_each_with_an_entry() -> None:
    job, client = make_job(), top_officer()
    path = f"{OPS}pickups/{job.number}/"
    day = timezone.localtime(read_clock()) + timedelta(days=2)

    countered = {"answer": "countered", "day": f"{day:%Y-%m-%d}", "window_from": "8", "window_to": "9:30"}
    assert client.post(path, countered | {"counter_reason": "road"}).status_code == 302
    page = read(client, f"pickups/{job.number}/")
    assert "the seller decides" in page
    assert "Accept the job" not in page
    assert client.post(path, {"answer": "accepted", "vehicle": "A", "driver": "B"}).status_code == 422
    assert client.post(path, {"answer": "declined", "reason": "no truck"}).status_code == 302

    job.refresh_from_db()
    assert (job.state, timezone.localtime(job.counter_from).hour if job.counter_from else 0) == ("declined", 8)
    entries = AuditEntry.objects.filter(subject_kind="pickup", subject_id=job.number).order_by("pk")
    assert [entry.action for entry in entries] == ["pickup.countered", "pickup.declined"]
    assert "pickup job declined" in read(client, f"pickups/{job.number}/")


def test_page_that_is_older_than_the_last_answer_does_not_answer() -> None:
    job, client = make_job(), top_officer()
    path = f"{OPS}pickups/{job.number}/"
    assert 'name="version" value="1"' in read(client, f"pickups/{job.number}/")
    client.post(path, {"answer": "accepted", "vehicle": "A", "driver": "B", "version": "1"})

    late = client.post(path, {"answer": "declined", "reason": "no truck", "version": "1"})

    assert late.status_code == 422
    assert "Somebody else changed this" in late.content.decode()
    assert PickupJob.objects.get().state == "accepted"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"answer": "accepted", "vehicle": "", "driver": "B"}, "Please fill this in."),
        ({"answer": "declined", "reason": " "}, "Please fill this in."),
        ({"answer": "countered", "day": "2026-13-40", "window_from": "8", "window_to": "9"}, "enter a date such as"),
        ({"answer": "countered", "day": "2020-01-01", "window_from": "8", "window_to": "9"}, "an hour from now"),
    ],
)
def test_answer_with_something_missing_says_what(fields: dict[str, str], words: str) -> None:
    job, client = make_job(), top_officer()

    answer = client.post(f"{OPS}pickups/{job.number}/", fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not AuditEntry.objects.filter(subject_kind="pickup").exists()
    assert PickupJob.objects.get().state == "asked"


def test_load_sheet_of_a_day_and_of_chosen_jobs_shows_only_what_the_driver_needs() -> None:
    partner, _secret = make_partner()
    first, second, other = make_accepted(partner=partner), make_accepted(partner=partner), make_accepted()
    client, path = top_officer(), f"partners/{partner.endpoint_id}/load-sheet"

    day = read(client, f"{path}/?day=2026-11-25")
    chosen = read(client, f"{path}/?job={second.number}&job={other.number}")
    table = client.get(f"{OPS}{path}.csv?day=2026-11-25")

    assert (first.number in day, second.number in day, other.number in day) == (True, True, False)
    assert "2 stops · 8 boxes · 43.2 kg gross" in " ".join(day.split()).replace("</strong>", "")
    jobs = [f"{job.number}</span>" in chosen for job in (first, second, other)]  # the address names them too
    assert jobs == [False, True, False]
    assert "李买家" not in day
    assert len(list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))) == 2
    assert "attachment" in table["Content-Disposition"]
    assert "No accepted job" in read(client, f"{path}/?day=2026-99-99")


def test_load_sheet_of_chosen_jobs_is_named_by_the_day_of_the_market() -> None:
    job = make_accepted()
    path = f"{OPS}partners/{job.partner.endpoint_id}/load-sheet.csv?job={job.number}"

    with time_machine.travel("2026-12-31T16:01Z"):
        table = top_officer().get(path)

    assert 'filename="load-sheet-2027-01-01.csv"' in table["Content-Disposition"]


def test_partner_without_pickups_has_no_load_sheet() -> None:
    endpoint, _secret = create_endpoint("standard", "Trucks", now=NOW)
    client = top_officer()

    assert client.get(f"{OPS}partners/{endpoint.pk}/load-sheet/").status_code == 404
    assert "takes no new jobs" in read(client, f"partners/{endpoint.pk}/pickups/")


@pytest.mark.parametrize("page", ["pickups/?state=accepted", "load-sheet/?day=2026-11-25"])
def test_statements_do_not_grow_with_the_jobs(page: str) -> None:
    few, many, client = make_partner()[0], make_partner()[0], top_officer()
    for partner, number in ((few, 2), (many, 9)):
        for _ in range(number):
            make_accepted(partner=partner)
        read(client, f"partners/{partner.endpoint_id}/{page}")

    def statements(partner: PickupPartner) -> int:
        return statements_of(lambda: read(client, f"partners/{partner.endpoint_id}/{page}"))

    assert statements(few) == statements(many)


def test_address_for_jobs_is_kept_with_its_language_and_a_wrong_one_is_refused() -> None:
    endpoint, _secret = create_endpoint("standard", "Trucks", now=NOW)
    client, path = top_officer(), f"{OPS}partners/{endpoint.pk}/pickups/"
    wish = {"saved": "1", "is_open": "on", "contact": "Li"}

    wrong = client.post(path, wish | {"email": "dispatch", "language": "ru"})
    client.post(path, wish | {"email": "dispatch@example.org", "language": "ru"})

    assert wrong.status_code == 422
    partner = PickupPartner.objects.get()
    assert (partner.email, partner.language) == ("dispatch@example.org", "ru")
    assert 'value="dispatch@example.org"' in client.get(path).content.decode()
