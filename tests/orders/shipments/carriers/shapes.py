"""Bodies of the shape every adapter expects, with wild values in it."""

from typing import Any

from hypothesis import strategies as st

from orders.shipments.models import Status

words = st.text(st.characters(), max_size=120)  # with NUL and lone surrogates: JSON can spell both
times = st.sampled_from(["2026-11-01T10:00:00Z", "2026-11-01 10:00:00", "0001-01-01", "9999-12-31T23:59:59-12:00"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words | times,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


def rows(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects of the right shape with wild values, and of nearly the right one: a field missing, or anything."""
    wrong = st.fixed_dictionaries({}, optional={name: value | anything for name, value in fields.items()})
    return st.fixed_dictionaries(fields) | wrong


place = rows(city=words, state=words, country=words)
bodies = {
    "standard": rows(
        type=st.just("shipment.updated"),
        data=rows(
            tracking_number=words,
            carrier=words,
            eta=words,
            events=st.lists(rows(id=words, occurred_at=times, status=st.sampled_from(Status.values), place=words)),
        ),
    ),
    "easypost": rows(
        id=words,
        created_at=times,
        result=rows(
            object=st.just("Tracker"),
            tracking_code=words,
            est_delivery_date=words,
            tracking_details=st.lists(rows(status=words, status_detail=words, datetime=times, tracking_location=place)),
        ),
    ),
    "kuaidi100": rows(
        status=words,
        lastResult=rows(nu=words, com=words, data=st.lists(rows(ftime=times, statusCode=words, areaName=words))),
    ),
    "aftership": rows(
        event=st.sampled_from(["tracking_update", "edd_revise"]),
        event_id=words,
        ts=st.integers() | st.floats(),
        msg=rows(
            tracking_number=words,
            slug=words,
            tag=words,
            signed_by=words,
            return_to_sender=st.booleans(),
            latest_estimated_delivery=rows(datetime=times | words, datetime_min=words),
            checkpoints=st.lists(rows(checkpoint_time=times, tag=words, subtag=words, location=words, city=words)),
        ),
    ),
    "shippo": rows(
        event=st.just("track_updated"),
        data=rows(
            tracking_number=words,
            carrier=words,
            eta=times | words,
            tracking_status=rows(status=words, status_date=times, status_details=words, location=place),
            tracking_history=st.lists(
                rows(status=words, status_date=times, substatus=rows(code=words), location=place)
            ),
        ),
    ),
    "seventeentrack": rows(
        event=st.sampled_from(["TRACKING_UPDATED", "TRACKING_STOPPED"]),
        data=rows(
            number=words,
            carrier=st.integers() | words,
            track_info=rows(
                latest_status=rows(status=words, sub_status=words),
                time_metrics=rows(estimated_delivery_date=rows(**{"from": words, "to": times | words})),
                tracking=rows(
                    providers=st.lists(
                        rows(
                            latest_sync_time=times,
                            events=st.lists(rows(time_utc=times, stage=words, sub_status=words, location=words)),
                        ),
                        max_size=2,
                    )
                ),
            ),
        ),
    ),
    "cainiao": rows(
        mailNo=words,
        cpCode=words,
        traceList=st.lists(rows(action=words, time=times, timeZone=words, desc=words, city=words)),
    ),
    "dcsa_tnt": st.lists(
        rows(
            eventID=words.filter(bool),
            eventType=st.sampled_from(["SHIPMENT", "TRANSPORT", "EQUIPMENT"]) | words,
            eventClassifierCode=st.sampled_from(["ACT", "EST", "PLN"]),
            eventCreatedDateTime=times,
            eventDateTime=times,
            equipmentEventTypeCode=words,
            transportEventTypeCode=st.sampled_from(["ARRI", "DEPA"]),
            equipmentReference=words,
            references=st.lists(rows(referenceType=st.just("EQ"), referenceValue=words), max_size=2),
            transportCall=rows(transportCallSequenceNumber=st.integers(), UNLocationCode=words, modeOfTransport=words),
            eventLocation=rows(locationName=words, UNLocationCode=words, address=rows(city=words)),
        ),
        max_size=3,
    )
    | rows(
        events=st.lists(
            rows(
                eventID=words.filter(bool),
                eventDateTime=times,
                isRetracted=st.booleans(),
                eventClassification=rows(eventType=words, eventClassifier=st.just("ACTUAL"), transportEventType=words),
                equipmentDetails=rows(equipmentReference=words),
                shipmentDetails=rows(documentReference=rows(type=st.just("BOOKING"), reference=words)),
            ),
            max_size=2,
        )
    ),
    "dhl_unified_push": rows(
        scope=st.just("subscription.push"),
        shipments=st.lists(
            rows(
                id=words,
                service=words,
                status=rows(timestamp=times, statusCode=words, status=words),
                estimatedTimeOfDelivery=times | words,
                details=rows(proofOfDelivery=rows(signed=rows(name=words))),
                events=st.lists(rows(timestamp=times, statusCode=words, status=words, description=words), max_size=2),
            ),
            max_size=2,
        ),
    ),
    "ups_track_alert": rows(
        trackingNumber=words,
        alternateTrackingNumber=words,
        gmtActivityDate=st.sampled_from(["20261101", "", "99999999"]) | words,
        gmtActivityTime=words | st.just("101010"),
        localActivityDate=st.just("20261101") | words,
        gmtOffset=st.sampled_from(["-04.00", "+99.99"]) | words,
        activityStatus=rows(type=words, code=words, description=words),
        scheduledDeliveryDate=st.just("20261105") | words,
        deliveryStartTime=words,
        receivedBy=words,
    ),
    "iata_one_record": rows(
        **{
            "@type": st.sampled_from(["cargo:LogisticsEvent", "api:Notification"]),
            "@id": words,
            "cargo:eventCode": words | rows(**{"cargo:code": words}),
            "cargo:eventTimeType": st.sampled_from(["Actual", "Planned"]),
            "cargo:creationDate": times | rows(**{"@value": times}),
            "cargo:linkedObject": rows(**{"@id": words}),
            "cargo:eventName": words,
            "cargo:recordedAtLocation": words,
        }
    ),
    "stripe": rows(id=words, type=words, data=rows(object=rows(object=st.just("payment_intent"), id=words))),
}


XML = [
    *(
        "<r>",
        "</r>",
        "<mailNo>T1</mailNo>",
        "<mailNo>",
        "</mailNo>",
        "<traceList>",
        "</traceList>",
        "<trace>",
        "</trace>",
    ),
    *("<action>GOT</action>", "<time>2026-01-01 00:00:00</time>", "<timeZone>+99:99</timeZone>", "<city>", "</city>"),
    *(
        "&amp;",
        "&foo;",
        "&#0;",
        "&#xD800;",
        "<![CDATA[",
        "]]>",
        "<!-- x -->",
        "<?xml version='1.0' encoding='utf-16'?>",
    ),
    *("<?pi x?>", "<!DOCTYPE r>", "<a:b>", "<a xmlns='u'>", "<a b='c' b='d'/>", "\x00", "\ud800", "é", "x" * 500),
]
TRACE = "<r><mailNo>{}</mailNo><traceList><trace><action>{}</action><time>{}</time>{}</trace></traceList></r>"
xml_bodies = st.lists(st.sampled_from(XML) | words, max_size=14).map(lambda parts: "<r>" + "".join(parts) + "</r>") | (
    st.builds(TRACE.format, st.sampled_from(["T1", "", "&lt;"]) | words, words, times | words, st.sampled_from(XML))
)
