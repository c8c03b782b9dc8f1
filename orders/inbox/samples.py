"""Folders of recorded webhooks with a `manifest.json`, as a partner engineer (or our tests) keeps them."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ORDINARY = {"content-type", "user-agent", "accept", "accept-encoding", "host", "connection", "content-length"}
FORM_FIELD = {"kuaidi100": "param", "cainiao": "logistics_interface"}
ITEM_KEYS = frozenset(
    "file bytes sha256 origin source http secret secret_base64 sign signed_at auth".split()
    + "must_answer after expect note".split()
)
REMARKS = ("_note", "comment", "description", "title", "licence", "license")  # keys that end so are for people
HTTP_KEYS = frozenset("method headers query body form form_fields".split())
SHOWN = ("dhl_unified_push", "ups_track_alert", "iata_one_record")  # a token shown as it is, nothing is signed


class BadSample(Exception):
    """The folder is not what the format promises."""


@dataclass(frozen=True)
class Sample:
    """One recorded body with its headers, secret and what a correct adapter yields."""

    folder: Path
    adapter: str
    item: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.folder.name}/{self.item.get('file', '?')}"

    @property
    def expect(self) -> Mapping[str, Any]:
        expect = self.item.get("expect")
        if not isinstance(expect, dict) or not expect:
            raise BadSample("nothing is expected of this file")
        return expect

    @property
    def http(self) -> Mapping[str, Any]:
        http = self.item.get("http")
        if not isinstance(http, dict):
            raise BadSample("http is missing")
        return http

    def require_known(self) -> None:
        """Raises BadSample for a key of the entry nobody reads: what it asks for would never be checked."""
        unknown = [key for key in self.item if key not in ITEM_KEYS and not key.endswith(REMARKS)]
        unknown += [f"http.{key}" for key in self.http if key not in HTTP_KEYS]
        if unknown:
            raise BadSample(f"unknown key {', '.join(map(repr, unknown))}")

    @property
    def is_refused(self) -> bool:
        return bool(self.expect.get("rejected"))

    @property
    def method(self) -> str:
        return str(self.http.get("method", "POST"))

    @cached_property
    def headers(self) -> dict[str, str]:
        return {str(name).lower(): str(value) for name, value in self.http.get("headers", {}).items()}

    @cached_property
    def payload(self) -> bytes:
        """The file, checked against size and digest."""
        path = self.folder / str(self.item.get("file"))
        if not path.resolve().is_relative_to(self.folder.resolve()) or not path.is_file():
            raise BadSample(f"no file {self.item.get('file')}")
        raw = path.read_bytes()
        if "bytes" in self.item and self.item["bytes"] != len(raw):
            raise BadSample(f"has {len(raw)} bytes, not {self.item['bytes']}")
        if "sha256" in self.item and self.item["sha256"] != hashlib.sha256(raw).hexdigest():
            raise BadSample("sha256 differs")
        return raw

    @cached_property
    def raw(self) -> bytes:
        """The HTTP body: as recorded, else the file, or the form around it."""
        payload = self.payload
        if "body" in self.http:
            return str(self.http["body"]).encode()
        if self.adapter in FORM_FIELD or "form" in self.http:
            own = {FORM_FIELD.get(self.adapter, "payload"): payload.decode(errors="replace")}
            signed = {"sign": self.item["sign"]} if "sign" in self.item else {}
            return urlencode({**signed, **self.http.get("form", {}), **own}).encode()
        return payload

    @property
    def query(self) -> str:
        return str(self.http.get("query", ""))

    @property
    def secret(self) -> str | None:
        """As the endpoint keeps it. DCSA's is base64 and stays so, and ours is marked as a key."""
        if "secret" in self.item:
            name = self._own_header
            return f"{name}: {self.item['secret']}" if name else str(self.item["secret"])
        encoded = self.item.get("secret_base64")
        if encoded is None:
            return None
        if self.adapter == "dcsa_tnt":
            return str(encoded)
        if self.adapter == "standard":
            return f"whsec_{encoded}"
        try:
            return base64.b64decode(str(encoded), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadSample("secret_base64 is not text in base64") from error

    @property
    def token(self) -> str | None:
        """What a partner without signatures shows: a bearer token, a credential, or a header of our choice."""
        if name := self._own_header:
            return f"{name}: {self.headers[name]}"
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return token
        return self.headers.get("credential")

    @property
    def _own_header(self) -> str:
        """DHL's is of the subscriber's choice: one whose name says so, else the first that is not in every request."""
        own = [name for name in self.headers if name not in ORDINARY] if self.adapter == "dhl_unified_push" else []
        telling = (name for name in own if re.search("token|key|auth|secret|credential", name))
        return next(telling, own[0] if own else "")


@dataclass(frozen=True)
class Folder:
    path: Path
    samples: tuple[Sample, ...]

    def chain(self, sample: Sample) -> list[Sample]:
        """What arrived first, then the sample itself."""
        by_file = {other.item.get("file"): other for other in reversed(self.samples)}  # of several entries the first
        before = sample.item.get("after") or []
        missing = [name for name in before if name not in by_file]
        if missing:
            raise BadSample(f"after: no entry for {', '.join(map(str, missing))}")
        return [*(by_file[name] for name in before), sample]

    def token(self, sample: Sample) -> str | None:
        """Its own token; of a body that is to be refused, the one its neighbours show."""
        if not sample.is_refused:
            return sample.token
        good = [other for other in self.samples if not other.is_refused]
        return next((other.secret or other.token for other in good if other.secret or other.token), None)


def read_folders(root: Path, adapters: frozenset[str]) -> Iterator[Folder]:
    """Every folder below `root` with a manifest, by name. Raises BadSample for a manifest nobody can read."""
    for path in sorted(root.rglob("manifest.json")):
        try:
            manifest = json.loads(path.read_bytes())
            items = [dict(item) for item in manifest["files"]]
        except (ValueError, KeyError, TypeError) as error:
            raise BadSample(f"{path} is no manifest") from error
        named = str(manifest.get("carrier", ""))
        adapter = named if named in adapters else path.parent.name
        adapter = "standard" if adapter.startswith("standard_webhooks") else adapter
        yield Folder(path.parent, tuple(Sample(path.parent, adapter, item) for item in items))
