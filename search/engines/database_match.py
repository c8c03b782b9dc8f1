"""How a document is kept in text columns, and our tree as SQL conditions and as a score over one row.

Tokens stand between blanks; those of other streams than `words` carry a mark in front. Keywords stand as `field=value`
between blanks, flags as `field=true`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add, and_, or_
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.lookups import GreaterThanOrEqual

from search.engines.base import SearchRequest
from search.engines.fit import clamped
from search.query.tree import AllOf, AnyOf, BestOf, Filter, HasValue, InRange, Node, OneOf, Term

MARKS = {"words": "", "body": ".", "bi": "+", "py": "~", "u": "="}
_ESCAPES = str.maketrans({"%": "%25", " ": "%20", "\t": "%09", "\n": "%0A", "\r": "%0D", "\x00": "%00"})
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Row:
    tokens: frozenset[str]
    keywords: frozenset[str]
    numbers: Mapping[str, int]

    @classmethod
    def read(cls, tokens: str, keywords: str, numbers: Mapping[str, int]) -> "Row":
        return cls(frozenset(tokens.split()), frozenset(keywords.split(" ")), numbers)

    def values(self, field: str) -> list[str]:
        start = f"{field}="
        return [_unescape(word[len(start) :]) for word in self.keywords if word.startswith(start)]


def token_text(streams: Mapping[str, str]) -> str:
    return _token_text(tuple(streams.items()))


@lru_cache(maxsize=64)
def _token_text(streams: tuple[tuple[str, str], ...]) -> str:
    """Kept for a moment: a product's documents of all channels have the same streams."""
    return f" {' '.join([MARKS[name] + text.replace(' ', f' {MARKS[name]}') for name, text in streams])} "


def keyword_text(keywords: Mapping[str, tuple[str, ...]], flags: Mapping[str, bool]) -> str:
    fields = [_keywords(field, values) for field, values in keywords.items() if values]
    fields += [_keyword(field, "true") for field, is_set in flags.items() if is_set]
    return f" {' '.join(fields)} "


@lru_cache(maxsize=4_000)
def _keywords(field: str, values: tuple[str, ...]) -> str:
    """Where a product belongs, what it is and when it is in season is the same for many."""
    return " ".join([_keyword(field, value) for value in dict.fromkeys(values)])


@lru_cache(maxsize=4_000)
def _keyword(field: str, value: str) -> str:
    return f"{field}={value.translate(_ESCAPES)}"


def _unescape(value: str) -> str:
    if "%" not in value:
        return value
    for plain, escaped in (("\t", "%09"), ("\n", "%0A"), ("\r", "%0D"), ("\x00", "%00"), (" ", "%20"), ("%", "%25")):
        value = value.replace(escaped, plain)
    return value


# ---------------------------------------------------------------------- conditions


def condition_of(node: Node) -> Q:
    match node:
        case Term():
            return _token(node.field, node.token)
        case OneOf():
            return _any(_token(node.field, token) for token in node.tokens)
        case AllOf():
            return reduce(and_, (condition_of(part) for part in node.parts))
        case BestOf():
            return _any(condition_of(part) for part in node.parts)
        case AnyOf():
            return _at_least([condition_of(part) for part in node.parts], node.at_least)


def filter_condition(wanted: Filter) -> Q:
    match wanted:
        case HasValue():
            return _any(Q(keywords__contains=f" {_keyword(wanted.field, value)} ") for value in wanted.values)
        case InRange():
            condition = Q(numbers__has_key=wanted.field)
            if wanted.low is not None:
                condition &= Q(**{f"numbers__{wanted.field}__gte": clamped(wanted.low)})
            if wanted.high is not None:
                condition &= Q(**{f"numbers__{wanted.field}__lte": clamped(wanted.high)})
            return condition
        case _:
            return Q(keywords__contains=f" {wanted.field}=true ")


def _token(field: str, token: str) -> Q:
    # A NUL is no text to PostgreSQL, and no token of ours holds one.
    return NOTHING if "\x00" in token else Q(tokens__contains=f" {MARKS[field]}{token} ")


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, NOTHING)


def _at_least(conditions: Sequence[Q], count: int) -> Q:
    if count <= 1:
        return _any(conditions)
    if count >= len(conditions):
        return reduce(and_, conditions)
    ones: list[Any] = [Case(When(c, then=Value(1)), default=Value(0), output_field=IntegerField()) for c in conditions]
    return Q(GreaterThanOrEqual(reduce(add, ones), count))


# ---------------------------------------------------------------------- one row


def score_of(row: Row, request: SearchRequest) -> float:
    """Weights of what matches, without any statistics of the whole collection."""
    score = _score(row, request.must) if request.must is not None else 0.0
    return (score or 0.0) + sum(bonus.score for bonus in request.bonuses if matches(row, bonus.filter))


def _score(row: Row, node: Node) -> float | None:
    """None where the node does not match."""
    match node:
        case Term():
            return node.weight if MARKS[node.field] + node.token in row.tokens else None
        case OneOf():
            return node.score if any(MARKS[node.field] + token in row.tokens for token in node.tokens) else None
    scores = [score for part in node.parts if (score := _score(row, part)) is not None]
    match node:
        case AllOf():
            return sum(scores) if len(scores) == len(node.parts) else None
        case AnyOf():
            return sum(scores) if len(scores) >= max(1, node.at_least) else None
        case BestOf():
            return max(scores) + node.tie * (sum(scores) - max(scores)) if scores else None


def matches(row: Row, wanted: Filter) -> bool:
    match wanted:
        case HasValue():
            return any(_keyword(wanted.field, value) in row.keywords for value in wanted.values)
        case InRange():
            number = row.numbers.get(wanted.field)
            low, high = wanted.low, wanted.high
            return number is not None and (low is None or number >= low) and (high is None or number <= high)
        case _:
            return f"{wanted.field}=true" in row.keywords
