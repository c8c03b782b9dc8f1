"""What a way to send short messages is: the protocol behind `SMS_URL`. Every sender passes tests/market/common/sms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ShortMessage:
    """`phone` in E.164. `words` say all in `language`. Where carriers take approved templates only, `kind` names the
    template and `values` fill it: a network sends nothing else, so each kind stands in docs/configuration.md."""

    phone: str
    kind: str
    language: str
    values: Mapping[str, str]
    words: str


class NotSent(Exception):
    """`why` in a few words, without the number. `is_final`: to try again would change nothing (no such number, no
    template for this kind, a daily limit); otherwise the provider was away."""

    def __init__(self, why: str, *, is_final: bool) -> None:
        super().__init__(why)
        self.why, self.is_final = why, is_final


class SmsSender(Protocol):
    """Made once of a process with the value of SMS_URL."""

    def __init__(self, url: str) -> None: ...

    def send(self, message: ShortMessage) -> None:
        """Hands it to the provider within ten seconds. Raises NotSent. Never called inside a transaction."""
