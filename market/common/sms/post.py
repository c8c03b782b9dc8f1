"""One POST to the provider that the operator named. Unlike what users and partners name (`market.common.http`) it may
stand in a network of the operator's own."""

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from market.common.sms.base import NotSent

SECONDS = 5.0
LARGEST_ANSWER = 64 * 1024


def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and body. Redirects are not followed. Raises NotSent when nobody answers in time."""
    parts = urlsplit(url)
    if parts.scheme == "http":
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    else:
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS, context=context)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise NotSent(f"no answer: {type(error).__name__}", is_final=False) from None
    finally:
        connection.close()
