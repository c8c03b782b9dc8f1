import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput
from orders.outbound.actions.manage_endpoint import (
    MOST,
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    turn_off,
    turn_on,
)
from orders.outbound.models import Endpoint, EndpointKey
from tests.builders import NOW, make_enterprise, make_member
from tests.orders.outbound.scenes import make_endpoint

pytestmark = pytest.mark.django_db
URL = "https://erp.example/hook"


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example/",
        "https://user:secret@erp.example/",
        "https://erp.example:22/",
        "ftp://erp.example/",
        "https://",
        "erp.example",
        "https://erp.example/a b",
        "https://erp.example/" + "a" * 2000,
        "",
    ],
)
def test_address_nobody_may_be_called_at_is_refused_and_nothing_is_made(url: str) -> None:
    enterprise = make_enterprise()

    with pytest.raises(InvalidInput) as refused:
        create_endpoint(enterprise, url, by=make_member(enterprise), now=NOW)

    assert list(refused.value.details["fields"]) == ["url"]
    assert Endpoint.objects.count() == 0
    assert EndpointKey.objects.count() == 0


def test_unknown_type_is_refused() -> None:
    enterprise = make_enterprise()

    with pytest.raises(InvalidInput):
        create_endpoint(enterprise, URL, types=["order.placed", "stock.low"], by=make_member(enterprise), now=NOW)

    assert Endpoint.objects.count() == 0


def test_eleventh_endpoint_is_refused_and_another_enterprise_s_do_not_count() -> None:
    enterprise = make_enterprise()
    for _ in range(MOST):
        make_endpoint(enterprise, URL)
    make_endpoint(make_enterprise(), URL)

    with pytest.raises(InvalidInput):
        make_endpoint(enterprise, URL)

    assert Endpoint.objects.for_enterprise(enterprise.pk).count() == MOST


def test_secret_is_sealed_and_stands_nowhere_in_the_log_of_acts() -> None:
    endpoint, secret = make_endpoint(make_enterprise(), URL, with_ed25519=True)

    for key in endpoint.keys.all():
        assert secret.encode() not in bytes(key.sealed)
        assert b"whsec_" not in bytes(key.sealed)
    assert secret not in str(AuditEntry.objects.get(action="webhook.created").details)


def test_changed_address_starts_with_a_clean_slate_and_the_same_one_does_not() -> None:
    endpoint, _ = make_endpoint(make_enterprise(), URL)
    person = make_member(endpoint.enterprise)
    Endpoint.objects.update(failures=7, failing_since=NOW, paused_until=NOW, told_days=1)

    same = change_endpoint(endpoint, url=URL, name="ERP", types=["order.paid"], by=person, now=NOW)
    other = change_endpoint(endpoint, url=URL + "2", name="ERP", types=[], by=person, now=NOW)

    assert (same.failures, same.types) == (7, ["order.paid"])
    assert (other.failures, other.failing_since, other.paused_until, other.told_days) == (0, None, None, 0)


def test_off_and_on_twice_changes_nothing_more() -> None:
    endpoint, _ = make_endpoint(make_enterprise(), URL)
    person = make_member(endpoint.enterprise)

    for _ in range(2):
        turn_off(endpoint, by=person, now=NOW)
    off = Endpoint.objects.get()
    for _ in range(2):
        turn_on(endpoint, by=person, now=NOW)

    assert (off.is_active, off.off_reason) == (False, "person")
    assert Endpoint.objects.get().is_active
    assert AuditEntry.objects.filter(action__in=["webhook.off", "webhook.on"]).count() == 2


def test_removed_endpoint_is_gone_with_its_keys() -> None:
    endpoint, _ = make_endpoint(make_enterprise(), URL)

    remove_endpoint(endpoint, by=make_member(endpoint.enterprise), now=NOW)

    assert Endpoint.objects.count() == 0
    assert EndpointKey.objects.count() == 0
