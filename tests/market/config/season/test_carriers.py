from datetime import timedelta

import pytest

from market.config.season.carriers import Partner, easypost, hand_in, kuaidi100, make_partners, standard
from orders.inbox.models import InboxEvent
from tests.market.config.season.conftest import NOW

pytestmark = pytest.mark.django_db


def test_message_under_another_key_is_refused_and_not_stored() -> None:
    partners = make_partners(NOW)
    forged = Partner(partners["kuaidi100"].endpoint, "not the key")

    with pytest.raises(ValueError, match="refused"):
        kuaidi100(forged, "YL1", "成都", scans=1, now=NOW)

    assert not InboxEvent.objects.exists()


def test_message_of_a_partner_with_timed_signatures_does_not_pass_at_another_time() -> None:
    partner = make_partners(NOW)["standard"]

    with pytest.raises(ValueError, match="refused"):
        hand_in(
            partner,
            b"{}",
            {
                "content-type": "application/json",
                "webhook-id": "1",
                "webhook-timestamp": "1",
                "webhook-signature": "v1,",
            },
            NOW,
        )
    assert standard(partner, "LL1", [("picked_up", timedelta(hours=1))], now=NOW).pk


def test_every_partner_is_read_by_its_adapter_and_waits_for_its_shipment() -> None:
    partners = make_partners(NOW)

    kuaidi100(partners["kuaidi100"], "YL1", "成都", scans=4, now=NOW)
    easypost(partners["easypost"], "SE1", now=NOW)
    standard(partners["standard"], "LL1", [("delivered", timedelta(hours=1))], now=NOW)

    errors = set(InboxEvent.objects.values_list("state", "error"))
    assert errors == {("open", "UnknownNumberError: no shipment has this tracking number")}
