"""What the check says of a row, as it is kept and shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True)
class Problem:
    """`key` of the column it speaks of, perhaps one the file lacks; empty when it is of the row. `value` as it was
    read; `reason` what is wrong, `hint` what to write."""

    key: str
    value: str
    reason: str
    hint: str = ""


@dataclass(frozen=True)
class Verdict:
    """`seen`: a mark of what stood in the catalogue where the row would write; another one later means that somebody
    was there in between. `changes`: keys of the columns in which an existing packing or product would change."""

    number: int
    outcome: Outcome
    seen: str = ""
    problems: tuple[Problem, ...] = ()
    changes: tuple[str, ...] = ()

    def stored(self) -> list[Any]:
        problems = [[one.key, one.value, one.reason, one.hint] for one in self.problems]
        return [self.number, self.outcome.value, self.seen, problems, self.changes]


@dataclass(frozen=True)
class WrongCell:
    """`column` as it stands in the file, else our name of it; empty when the row as a whole is wrong."""

    row: int
    sku: str
    key: str
    column: str
    value: str
    reason: str
    hint: str


def verdicts_to_text(verdicts: Iterable[Verdict]) -> str:
    return orjson.dumps([verdict.stored() for verdict in verdicts]).decode()


def verdicts_from_text(text: str) -> list[Verdict]:
    return [
        Verdict(number, Outcome(outcome), seen, tuple(Problem(*one) for one in problems), tuple(changes))
        for number, outcome, seen, problems, changes in orjson.loads(text or "[]")
    ]
