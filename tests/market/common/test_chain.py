from dataclasses import dataclass

from market.common.chain import FIRST, canonical_json, first_broken, linked_hash


@dataclass
class Row:
    word: str
    previous_hash: str
    hash: str


def chain_of(*words: str) -> list[Row]:
    rows: list[Row] = []
    for word in words:
        previous = rows[-1].hash if rows else FIRST
        rows.append(Row(word, previous, linked_hash(previous, [word])))
    return rows


def hash_of(row: Row) -> str:
    return linked_hash(row.previous_hash, [row.word])


def test_canonical_json_is_the_same_in_whatever_order() -> None:
    assert canonical_json({"b": [1, 2.5], "a": "枣"}) == canonical_json({"a": "枣", "b": [1, 2.5]})
    assert canonical_json({"b": 1, "a": "枣"}) == '{"a":"枣","b":1}'


def test_first_broken_names_a_changed_and_the_one_after_a_missing_row() -> None:
    changed, missing = chain_of("a", "b", "c"), chain_of("a", "b", "c")
    changed[1].word = "x"
    after = missing[2]
    del missing[1]

    assert first_broken(chain_of("a", "b", "c"), hash_of) is None
    assert first_broken(changed, hash_of) is changed[1]
    assert first_broken(missing, hash_of) is after
