"""Partners' keys are for compliance officers at the top; a secret is shown once."""

import re

import pytest
from django.test import Client

from market.accounts.models import User
from market.common.audit.models import AuditEntry
from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint, EndpointSecret, InboxEvent
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_regiment
from tests.market.office.people import signed_in, statements_of, top_unit
from tests.orders.inbox.test_receive import payload, post, signed

pytestmark = pytest.mark.django_db
SECRET = re.compile(r'<p class="secret">([^<]+)</p>')


def top_officer() -> Client:
    return signed_in(make_officer(top_unit(), "compliance"))


def strangers() -> list[User]:
    top, regiment = top_unit(), make_regiment()
    return [
        make_officer(regiment, "compliance"),
        *(make_officer(top, role) for role in ("reviewer", "finance", "viewer")),
        make_member(make_enterprise()),
    ]


@pytest.mark.parametrize("number", range(5))
def test_partners_do_not_exist_for_any_other_post(number: int) -> None:
    endpoint, _secret = create_endpoint("standard", "Carrier", now=NOW)
    client = signed_in(strangers()[number])
    wish = {"name": "Mine", "adapter": "standard"}

    assert client.get("/en/ops/partners/").status_code == 404
    assert client.post("/en/ops/partners/", wish).status_code == 404
    assert client.get(f"/en/ops/partners/{endpoint.pk}/").status_code == 404
    assert client.post(f"/en/ops/partners/{endpoint.pk}/", {"rotate": "1"}).status_code == 404
    assert (Endpoint.objects.count(), EndpointSecret.objects.count()) == (1, 1)


def test_new_partner_is_shown_its_secret_once_and_can_post_with_it() -> None:
    client = top_officer()

    page = client.post("/en/ops/partners/", {"name": "Carrier", "adapter": "standard", "carriers": "Own trucks"})

    endpoint = Endpoint.objects.get()
    assert endpoint.carriers == ["Own trucks"]
    address, secret = SECRET.findall(page.content.decode())
    assert address.endswith(f"/hooks/{endpoint.pk}/")
    assert "no-store" in page["Cache-Control"]
    assert post(Client(), endpoint, payload("T1"), signed(secret, payload("T1"))) < 300
    for path in ("/en/ops/partners/", f"/en/ops/partners/{endpoint.pk}/", "/en/ops/"):
        assert secret not in client.get(path).content.decode()
    assert secret not in str(list(AuditEntry.objects.values("details", "subject_id")))


@pytest.mark.parametrize("wish", [{"name": "", "adapter": "standard"}, {"name": "Carrier", "adapter": "nonsense"}])
def test_partner_without_name_or_of_unknown_format_is_refused_with_what_was_typed(wish: dict[str, str]) -> None:
    answer = top_officer().post("/en/ops/partners/", wish)

    assert answer.status_code == 422
    assert wish["name"] in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_new_secret_leaves_the_old_one_a_day_and_is_never_shown_again() -> None:
    endpoint, old = create_endpoint("standard", "Carrier", now=NOW)
    client = top_officer()

    page = client.post(f"/en/ops/partners/{endpoint.pk}/", {"rotate": "1"}).content.decode()

    (secret,) = SECRET.findall(page)
    again = client.get(f"/en/ops/partners/{endpoint.pk}/").content.decode()
    assert secret not in again
    assert old not in page + again
    assert sorted(key.retires_at is None for key in endpoint.secrets.all()) == [False, True]
    assert AuditEntry.objects.filter(action="partner.rotated", subject_id=endpoint.pk).count() == 1


def test_leaked_secret_opens_nothing_any_more() -> None:
    endpoint, old = create_endpoint("standard", "Carrier", now=NOW)

    top_officer().post(f"/en/ops/partners/{endpoint.pk}/", {"rotate": "1", "has_leaked": "on"})

    assert post(Client(), endpoint, payload("T1"), signed(old, payload("T1"))) == 401
    assert not InboxEvent.objects.exists()


def test_secret_the_partner_gave_is_not_shown_back() -> None:
    page = top_officer().post(
        "/en/ops/partners/", {"name": "Carrier", "adapter": "easypost", "secret": "theirs-and-long"}
    )

    assert page.status_code == 200
    assert "theirs-and-long" not in page.content.decode()


def test_unknown_endpoint_is_404() -> None:
    assert top_officer().get("/en/ops/partners/nobody/").status_code == 404


def test_list_asks_as_often_for_thirty_partners_as_for_three() -> None:
    client = top_officer()

    def fill(number: int) -> int:
        for place in range(number):
            create_endpoint("standard", f"Carrier {place}", now=NOW)
        return statements_of(lambda: client.get("/en/ops/partners/"))

    assert fill(3) == fill(27)


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_pages_stand_in_three_languages(language: str) -> None:
    endpoint, _secret = create_endpoint("standard", "Carrier", now=NOW)
    client = top_officer()

    for path in ("partners/", f"partners/{endpoint.pk}/", "inbox/"):
        assert client.get(f"/{language}/ops/{path}").status_code == 200
