"""The contract of every sender, and what is special to each."""

import base64
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.module_loading import import_string
from pytest_django import Settings

from market.common.sms import to_aliyun
from market.common.sms.base import NotSent, ShortMessage, SmsSender
from market.common.sms.post import post
from market.common.sms.to_aliyun import AliyunSender, canonical_query, signed_headers
from market.common.sms.to_gateway import GatewaySender
from tests.market.common.sms.provider import Provider, provider
from tests.sms import messages_in

MESSAGE = ShortMessage(
    "+8613800138000", "shipment", "zh-hans", {"order": "P1", "waybill": "SF 1"}, "订单 P1：已签收，运单号 SF 1。"
)
TEMPLATES = {"shipment": "SMS_2", "shipment.ru": "SMS_3", "code": "SMS_1"}


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as one:
        yield one


@pytest.fixture(autouse=True)
def _plain(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider on this machine speaks no TLS."""
    settings.DATA_DIR, settings.SMS_SIGN, settings.SMS_TEMPLATES = tmp_path, "团集", TEMPLATES
    monkeypatch.setattr(
        to_aliyun, "post", lambda url, body, headers: post(url.replace("https:", "http:"), body, headers)
    )


def make_sender(scheme: str, port: int, settings: Settings) -> SmsSender:
    rest = {"file": "", "aliyun": f"//LTAI5t:s3cret@127.0.0.1:{port}"}.get(scheme, f"//127.0.0.1:{port}/send")
    made: SmsSender = import_string(settings.MARKET_SMS_SENDERS[scheme])(f"{scheme}:{rest}")
    return made


@pytest.mark.parametrize("scheme", ["file", "http", "aliyun"])
def test_every_sender_hands_over_number_and_what_is_to_be_said(
    scheme: str, settings: Settings, tmp_path: Path, there: Provider
) -> None:
    make_sender(scheme, there.port, settings).send(MESSAGE)

    handed = str(messages_in(tmp_path)) + str([(parse_qs(urlsplit(path).query), body) for path, _, body in there.heard])
    assert ("+8613800138000" in handed, "SF 1" in handed) == (True, True)


@pytest.mark.parametrize("scheme", ["http", "aliyun"])
@pytest.mark.parametrize("what", ["away", "broken"])
def test_a_provider_that_is_away_or_broken_is_not_final(
    scheme: str, what: str, settings: Settings, there: Provider
) -> None:
    port = there.port
    if what == "away":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    there.status, there.answer = 503, b"<html>"

    with pytest.raises(NotSent) as refused:
        make_sender(scheme, port, settings).send(MESSAGE)

    assert not refused.value.is_final
    assert "138" not in str(refused.value)


def test_gateway_is_told_all_of_it_with_its_password(there: Provider) -> None:
    GatewaySender(f"http://farm:p%40ss@127.0.0.1:{there.port}/send?route=2").send(MESSAGE)

    ((path, headers, _body),) = there.heard
    assert path == "/send?route=2"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"farm:p@ss"
    assert there.told() == [
        {
            "to": "+8613800138000",
            "kind": "shipment",
            "language": "zh-hans",
            "values": {"order": "P1", "waybill": "SF 1"},
            "text": "订单 P1：已签收，运单号 SF 1。",
        }
    ]


@pytest.mark.parametrize(("status", "is_final"), [(302, True), (400, True), (401, True), (429, False), (500, False)])
def test_what_a_gateway_refuses_is_final_but_not_what_may_pass(status: int, is_final: bool, there: Provider) -> None:
    there.status = status

    with pytest.raises(NotSent) as refused:
        GatewaySender(f"http://127.0.0.1:{there.port}/").send(MESSAGE)

    assert refused.value.is_final == is_final


def test_aliyun_signature_is_that_of_the_published_example() -> None:
    """Alibaba Cloud, "Request syntax and signature method V3", the example of a POST without a body."""
    query = canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )

    headers = signed_headers(
        "ecs.cn-shanghai.aliyuncs.com",
        query,
        action="RunInstances",
        version="2014-05-26",
        key_id="YourAccessKeyId",
        secret="YourAccessKeySecret",
        now=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )

    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_aliyun_fills_the_template_of_the_kind_and_language(there: Provider) -> None:
    sender = AliyunSender(f"aliyun://LTAI5t:s3cret@127.0.0.1:{there.port}")

    sender.send(MESSAGE)
    sender.send(ShortMessage("+79001234567", "shipment", "ru", {"order": "P" * 50}, "…"))

    first, second = [
        {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()} for path, _, _ in there.heard
    ]
    assert first == {
        "PhoneNumbers": "+8613800138000",
        "SignName": "团集",
        "TemplateCode": "SMS_2",
        "TemplateParam": json.dumps({"order": "P1", "waybill": "SF 1"}),
    }
    assert (second["PhoneNumbers"], second["TemplateCode"]) == ("79001234567", "SMS_3")
    assert json.loads(second["TemplateParam"]) == {"order": "P" * 35}  # a longer value is refused
    assert there.heard[0][1]["x-acs-action"] == "SendSms"


@pytest.mark.parametrize(
    ("code", "is_final"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", True),
        ("isv.BUSINESS_LIMIT_CONTROL", True),
        ("isv.AMOUNT_NOT_ENOUGH", False),
        ("isp.SYSTEM_ERROR", False),
        ("Throttling.User", False),
    ],
)
def test_aliyun_says_no_with_a_code(code: str, is_final: bool, there: Provider) -> None:
    there.answer = json.dumps({"Code": code, "Message": "…"}).encode()

    with pytest.raises(NotSent) as refused:
        AliyunSender(f"aliyun://LTAI5t:s3cret@127.0.0.1:{there.port}").send(MESSAGE)

    assert (refused.value.why, refused.value.is_final) == (code, is_final)


def test_aliyun_sends_nothing_of_a_kind_without_template(there: Provider) -> None:
    with pytest.raises(NotSent, match="no template for claim_ended") as refused:
        AliyunSender(f"aliyun://LTAI5t:s3cret@127.0.0.1:{there.port}").send(
            ShortMessage("+8613800138000", "claim_ended", "zh-hans", {}, "…")
        )

    assert refused.value.is_final
    assert there.heard == []
