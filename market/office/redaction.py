"""A partner's message for officers' eyes: its shape and its codes, without the people in it.

Everything is hidden but what is known to be harmless: kinds, states, codes and times. Of numbers that name a thing the
last four signs stay, so that it can be recognised.
"""

import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl

MOST: Final = 20_000  # signs
HIDDEN: Final = "•••"
PERSONAL = re.compile(
    r"name|address|street|city|post|zip|phone|mobile|tel|mail|sign|token|secret|password|key|receiver|sender|shipper"
    r"|consignee|contact|person|lat|lon|geo|coord|photo|image|url|href|text|descr|detail|remark|message|note|context"
    r"|comment|info",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"number|track|waybill|parcel|bill|ref|^no$|^nu$|_no$|No$|^id$|_id$|Id$", re.IGNORECASE)
HARMLESS = re.compile(
    r"status|state|code|type|event|kind|time|date|stamp|version|object|carrier|courier|slug|^com$|^at$|_at$|country"
    r"|weight|unit|count|test|^mode$",
    re.IGNORECASE,
)
SHORT = 40


def redacted(raw: bytes) -> str:
    """Indented text of at most 20,000 signs. What is neither JSON nor a form is told by its size only."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return _size(raw)
    content = _parsed(text)
    if content is None:
        return _size(raw)
    shown = json.dumps(_plain(content, ""), ensure_ascii=False, indent=2)
    return shown if len(shown) <= MOST else shown[:MOST] + "\n…"


def _size(raw: bytes) -> str:
    return f"{HIDDEN} ({len(raw)} bytes)"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    pairs = parse_qsl(text, max_num_fields=50) if "=" in text and not text.lstrip().startswith("<") else []
    if not pairs:
        return None
    return {name: _inner(value) for name, value in pairs}


def _inner(value: str) -> Any:
    """Some partners send JSON as a field of a form."""
    try:
        return json.loads(value) if value[:1] in "{[" else value
    except (ValueError, RecursionError):
        return value


def _plain(value: Any, key: str, depth: int = 0) -> Any:
    if depth > 30:
        return HIDDEN
    if isinstance(value, dict):
        return {str(name)[:80]: _plain(inner, str(name), depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, key, depth + 1) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    return _word(str(value), key)


def _word(text: str, key: str) -> str:
    if not text:
        return text
    if PERSONAL.search(key):
        return HIDDEN
    if NUMBERED.search(key):
        return f"…{text[-4:]}" if len(text) > 6 else HIDDEN
    return text if HARMLESS.search(key) and len(text) <= SHORT else HIDDEN
