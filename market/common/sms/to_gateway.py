"""`SMS_URL=https://user:password@sms.example.org/send`: the operator's own gateway, or a small bridge to any provider,
is told by one POST of JSON. User and password, if any, go as Basic authorisation (RFC 7617)."""

import base64
import json
from urllib.parse import unquote, urlsplit, urlunsplit

from market.common.sms.base import NotSent, ShortMessage
from market.common.sms.post import post

TRY_AGAIN = frozenset({408, 429})


class GatewaySender:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._headers = {"Content-Type": "application/json", "User-Agent": "tuanji"}
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"

    def send(self, message: ShortMessage) -> None:
        """Any 2xx is success; 408, 429 and 5xx are tried again; anything else is final."""
        told = {
            "to": message.phone,
            "kind": message.kind,
            "language": message.language,
            "values": dict(message.values),
            "text": message.words,
        }
        status, _ = post(self._url, json.dumps(told, ensure_ascii=False).encode(), self._headers)
        if not 200 <= status < 300:
            raise NotSent(f"status {status}", is_final=status < 500 and status not in TRY_AGAIN)
