"""`SMS_URL=aliyun://KEY_ID:SECRET@dysmsapi.aliyuncs.com`: Alibaba Cloud Short Message Service, `SendSms` of its API
2017-05-25, signed by its signature method V3 (ACS3-HMAC-SHA256). Messages go under `SMS_SIGN`, in the words of the
templates that `SMS_TEMPLATES` names; a kind without one is not sent."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

from django.conf import settings

from market.common.clock import read_clock
from market.common.sms.base import NotSent, ShortMessage
from market.common.sms.post import post

ACTION, VERSION = "SendSms", "2017-05-25"
# A value of a notice may have so many characters (template rules of the service).
LONGEST_VALUE = 35
# The provider is busy, asks to slow down or wants money first: the same message may go later. All else is final.
TRY_AGAIN = (
    "isp.SYSTEM_ERROR",
    "isp.UNKNOWN_ERROR",
    "isv.AMOUNT_NOT_ENOUGH",
    "isv.OUT_OF_SERVICE",
    "Throttling",
    "ServiceUnavailable",
    "InternalError",
)


class AliyunSender:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._key_id, self._secret = unquote(parts.username or ""), unquote(parts.password or "")
        self._host = parts.netloc.rpartition("@")[2]

    def send(self, message: ShortMessage) -> None:
        templates: Mapping[str, str] = settings.SMS_TEMPLATES
        template = templates.get(f"{message.kind}.{message.language}") or templates.get(message.kind)
        if template is None:
            raise NotSent(f"no template for {message.kind}", is_final=True)
        values = {name: value[:LONGEST_VALUE] for name, value in message.values.items()}
        query = {
            "PhoneNumbers": called(message.phone),
            "SignName": settings.SMS_SIGN,
            "TemplateCode": template,
            "TemplateParam": json.dumps(values, ensure_ascii=False),
        }
        self._judge(*self._call(query))

    def _call(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        written = canonical_query(query)
        headers = signed_headers(
            self._host,
            written,
            action=ACTION,
            version=VERSION,
            key_id=self._key_id,
            secret=self._secret,
            now=read_clock(),
            nonce=uuid4().hex,
        )
        return post(f"https://{self._host}/?{written}", b"", headers)

    def _judge(self, status: int, body: bytes) -> None:
        try:
            code = str(json.loads(body)["Code"])
        except (ValueError, KeyError, TypeError):
            raise NotSent(f"status {status}", is_final=False) from None
        if code != "OK":
            raise NotSent(code[:80], is_final=not code.startswith(TRY_AGAIN))


def called(phone: str) -> str:
    """As the service takes it: at home with or without the plus, abroad without."""
    return phone if phone.startswith("+86") else phone.removeprefix("+")


def canonical_query(query: Mapping[str, str]) -> str:
    """By name, percent-encoded as RFC 3986 says."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def signed_headers(
    host: str, query: str, *, action: str, version: str, key_id: str, secret: str, now: datetime, nonce: str
) -> dict[str, str]:
    """Of a POST without a body, `query` canonical, `now` in UTC. Source: Alibaba Cloud, "Request syntax and signature
    method V3"."""
    nothing = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": nothing,
        "x-acs-date": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{nothing}"
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"
    return headers | {"Authorization": credential}
