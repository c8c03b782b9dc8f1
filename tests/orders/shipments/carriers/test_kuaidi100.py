import pytest

from tests.orders.shipments.carriers.bodies import kuaidi100, meaning_of, read, read_event

TABLE = [
    ("0", "in_transit", "", set()),
    ("1", "picked_up", "", set()),
    ("2", "delivery_attempted", "", set()),
    ("3", "delivered", "", set()),
    ("4", "returned", "", set()),
    ("5", "out_for_delivery", "", set()),
    ("6", "returning", "", set()),
    ("7", "in_transit", "forwarded", set()),
    ("8", "customs", "customs_pending", set()),
    ("10", "customs", "customs_pending", set()),
    ("11", "customs", "customs_processing", set()),
    ("12", "customs", "customs_released", set()),
    ("13", "customs", "customs_hold", {"held"}),
    ("14", "returning", "refused", set()),
    ("101", "pre_transit", "info_received", set()),
    ("102", "pre_transit", "awaiting_pickup", set()),
    ("103", "picked_up", "", set()),
    ("1001", "in_transit", "destination_city", set()),
    ("1002", "in_transit", "line_haul", set()),
    ("1003", "in_transit", "forwarded", set()),
    ("501", "available_for_pickup", "station", set()),
    ("205", "available_for_pickup", "station", set()),
    ("301", "delivered", "signed", set()),
    ("302", "delivered", "signed", set()),
    ("303", "delivered", "neighbour", set()),
    ("304", "delivered", "locker", set()),
    ("401", "cancelled", "order_cancelled", set()),
    ("210", "cancelled", "order_cancelled", set()),
    ("203", "delivery_attempted", "refused_pending", set()),
    ("204", "delivery_attempted", "", set()),
    ("206", "delivery_attempted", "not_home", set()),
    ("201", "", "", {"delayed"}),
    ("202", "", "", {"delayed"}),
    ("208", "", "", {"delayed"}),
    ("207", "", "", {"address_issue"}),
    ("209", "", "", {"damaged"}),
]


@pytest.mark.parametrize(("code", "status", "substatus", "flags"), TABLE)
def test_code_means(code: str, status: str, substatus: str, flags: set[str]) -> None:
    assert meaning_of(read_event("kuaidi100", kuaidi100(code))) == (status, substatus, flags)


@pytest.mark.parametrize(
    ("words", "state", "status"),
    [
        ("揽收", "", "picked_up"),
        ("在途", "", "in_transit"),
        ("派件", "", "out_for_delivery"),
        ("签收", "", "delivered"),
        ("退签", "", "returned"),
        ("退回", "", "returning"),
        ("疑难", "", "delivery_attempted"),
        ("清关", "", "customs"),
        ("拒签", "", "returning"),
        ("什么", "3", "delivered"),
    ],
)
def test_plain_interface_has_only_words_and_a_state(words: str, state: str, status: str) -> None:
    assert read_event("kuaidi100", kuaidi100("", words, state=state)).status == status


@pytest.mark.parametrize(
    ("status", "monitoring"),
    [("polling", "active"), ("shutdown", "stopped"), ("abort", "aborted"), ("updateall", "active"), ("?", "")],
)
def test_watching_is_its_own_thing(status: str, monitoring: str) -> None:
    assert read("kuaidi100", kuaidi100("5", status=status)).monitoring == monitoring


def test_corrected_carrier_is_told() -> None:
    body = kuaidi100("0", autoCheck="1", comOld="yunda", comNew="zhongtong")

    assert read("kuaidi100", body).corrected_carrier == "zhongtong"
    assert read("kuaidi100", kuaidi100("0", autoCheck="0", comNew="x")).corrected_carrier == ""


def test_abroad_and_home_are_one_history() -> None:
    abroad = {"nu": "T1", "data": [{"ftime": "2026-11-05 09:00:00", "statusCode": "3"}]}

    assert [e.status for e in read("kuaidi100", kuaidi100("0", destResult=abroad)).events] == [
        "in_transit",
        "delivered",
    ]


@pytest.mark.parametrize(
    ("words", "status", "substatus"), [("货物全损,已报废", "failed", "damaged_total"), ("外包装破损", "", "")]
)
def test_damage_ends_the_journey_only_where_nothing_is_left(words: str, status: str, substatus: str) -> None:
    body = kuaidi100("209")
    body["lastResult"]["data"][0]["context"] = words

    assert meaning_of(read_event("kuaidi100", body)) == (status, substatus, {"damaged"})


def test_nothing_known_yet_is_no_event() -> None:
    assert read("kuaidi100", kuaidi100(lastResult={"nu": "T1", "data": []})).events == []


def test_times_are_of_beijing() -> None:
    assert read_event("kuaidi100", kuaidi100("5")).occurred_at.isoformat() == "2026-11-01T10:00:00+00:00"
