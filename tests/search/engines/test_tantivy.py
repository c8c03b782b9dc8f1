import json
import multiprocessing
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tantivy

from search.engines import tantivy as module
from search.engines import tantivy_read
from search.engines.base import Deletion, EngineError, EngineTimeout, IndexMissing, Key, SearchRequest, Sort
from search.engines.tantivy import TantivyEngine
from search.engines.tantivy_failures import index_failures
from search.query.tree import OneOf, Term
from tests.search.engines.contract import EngineContract
from tests.search.engines.documents import SCHEMA, build, document, find
from tests.search.engines.paging_contract import pages


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def engine(root: Path) -> TantivyEngine:
    return TantivyEngine(root, lock_seconds=5)


class TestTantivy(EngineContract):
    pass


def test_write_while_another_process_writes_waits_for_its_turn(root: Path, engine: TantivyEngine) -> None:
    build(engine, [])
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_many, args=(root, name)) for name in ("a", "b")]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(600)

    assert [worker.exitcode for worker in workers] == [0, 0]
    assert engine.count() == 20


def _write_many(root: Path, name: str) -> None:
    engine = TantivyEngine(root, lock_seconds=300)
    for number in range(10):
        engine.write([document(f"{name}{number}", "x")])


def test_write_locked_for_too_long_is_a_timeout_and_writes_nothing(root: Path, engine: TantivyEngine) -> None:
    build(engine, [document("a")])
    holder = tantivy.Index.open(str(root / "g1")).writer(15_000_000, 1)

    with pytest.raises(EngineTimeout):
        TantivyEngine(root, lock_seconds=0.2).write([document("b")])

    holder.rollback()
    holder.wait_merging_threads()
    assert engine.count() == 1
    engine.write([document("b")])
    assert engine.count() == 2


def test_write_within_a_batch_newest_of_a_pid_wins(engine: TantivyEngine) -> None:
    build(engine, [])

    engine.write(
        [document("a", "two", version=2), document("a", "one", version=1), document("b", version=3)],
        [Deletion("b", 4), Deletion("a", 1)],
    )

    assert engine.versions(["a", "b"]) == {"a": 2}


def test_many_batches_leave_few_files(root: Path, engine: TantivyEngine) -> None:
    build(engine, [])
    other = TantivyEngine(root)

    for version in range(1, 31):
        (engine if version % 2 else other).write([document("a", "x", version=version)])

    assert len(list((root / "g1").iterdir())) < 100


def test_search_sees_the_write_of_another_engine_after_the_reload(
    root: Path, engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RELOAD_SECONDS", 0.0)
    build(engine, [document("a")])
    assert find(engine) == ["a"]

    TantivyEngine(root).write([document("b")])

    assert find(engine) == ["a", "b"]


def test_search_follows_the_pointer_of_another_process(root: Path, engine: TantivyEngine) -> None:
    build(engine, [document("a")])
    assert find(engine) == ["a"]
    build(TantivyEngine(root), [document("b")], "g2")

    engine.refresh()

    assert find(engine) == ["b"]


def test_search_ties_beyond_the_cap_still_fill_every_page(engine: TantivyEngine) -> None:
    build(engine, [document(f"p{number:04}", "x") for number in range(1_200)])

    seen = [pid for start in range(0, 1_200, 100) for pid in find(engine, offset=start, size=100)]

    assert len(seen) == 1_200
    assert seen[:500] == [f"p{number:04}" for number in range(500)]


@pytest.mark.parametrize("stem", ["p", "product-", "a-product-of-long-name-"])
def test_pages_that_cut_through_ties_follow_the_pid(engine: TantivyEngine, stem: str) -> None:
    """Pids that differ within eight bytes, within sixteen, and later; prices in groups of five."""
    pids = [f"{stem}{number:03}" for number in range(40)]
    rows = [document(pid, "x", numbers={"price": place // 5}) for place, pid in enumerate(pids)]
    build(engine, reversed(rows))

    for sort in (Sort(), Sort("price")):
        pages = [find(engine, must=Term("words", "x"), sort=sort, offset=start, size=3) for start in range(0, 40, 3)]
        assert [pid for page in pages for pid in page] == pids


def test_search_from_many_threads_while_writing(engine: TantivyEngine) -> None:
    build(engine, [document("a", "x")])
    problems: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(200):
                assert engine.search(SearchRequest(must=Term("words", "x"))).total >= 1
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for version in range(2, 6):
        engine.write([document("a", "x", version=version), document(f"b{version}", "x")])
    for reader in readers:
        reader.join()

    assert problems == []


@pytest.mark.parametrize("damage", ["pointer", "stamp", "meta", "folder", "library", "half"])
def test_damaged_index_is_a_failure_the_fallback_can_take(root: Path, damage: str) -> None:
    build(TantivyEngine(root), [document("a")])
    if damage == "pointer":
        (root / "CURRENT").write_bytes(b"\xff../../etc")
    elif damage == "stamp":
        (root / "g1" / "generation.json").write_text("{")
    elif damage == "meta":
        (root / "g1" / "meta.json").write_text("{}")
    elif damage == "folder":
        shutil.rmtree(root / "g1")
    elif damage == "library":
        stamp = json.loads((root / "g1" / "generation.json").read_text())
        (root / "g1" / "generation.json").write_text(json.dumps({**stamp, "library": "tantivy v0.1"}))
    elif damage == "half":
        for path in (root / "g1").glob("*.store"):
            path.unlink()  # cut short where it stands, it would end the process that still has it mapped
            path.write_bytes(b"")
    engine = TantivyEngine(root)

    with pytest.raises(EngineError):
        engine.search(SearchRequest())

    assert engine.health(SCHEMA.version).problem


def test_create_after_a_crash_half_way_starts_afresh(root: Path, engine: TantivyEngine) -> None:
    (root / "g1").mkdir(parents=True)
    (root / "g1" / "meta.json").write_text("{")

    build(engine, [document("a")])

    assert find(engine) == ["a"]


@pytest.mark.parametrize("name", ["../g1", "", ".hidden", "a/b", "CURRENT"])
def test_name_of_a_generation_never_leaves_the_folder(engine: TantivyEngine, name: str) -> None:
    with pytest.raises(ValueError):
        engine.create(SCHEMA, name)


def test_unreadable_folder_is_an_engine_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(EngineError):
        TantivyEngine(tmp_path / "file" / "search").create(SCHEMA, "g1")


def test_panic_is_a_failure_and_an_interrupt_is_not(engine: TantivyEngine, root: Path) -> None:
    build(engine, [document("a")])
    searcher = tantivy.Index.open(str(root / "g1")).searcher()

    with pytest.raises(EngineError, match="panicked"), index_failures():
        searcher.search(tantivy.Query.all_query(), limit=0)
    with pytest.raises(KeyboardInterrupt), index_failures():
        raise KeyboardInterrupt


def test_missing_index_is_told_apart_from_a_broken_one(root: Path) -> None:
    with pytest.raises(IndexMissing):
        TantivyEngine(root).search(SearchRequest(must=OneOf("words", ("x",), 1.0), sort=Sort("price")))


def test_pages_by_key_beyond_the_cap_are_in_order_and_a_deep_one_fetches_only_what_it_must(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More equal hits than are fetched at once; behind a number the page is found without those before it."""
    names = [f"p{number:04}" for number in range(2_500)]
    build(engine, reversed([document(pid, "x", numbers={"price": 7}) for pid in names]))
    fetched: list[int] = []
    real = tantivy_read._search

    def counted(*args: Any, limit: int) -> Any:
        fetched.append(limit)
        return real(*args, limit=limit)

    monkeypatch.setattr(tantivy_read, "_search", counted)

    for sort in (Sort(), Sort("price")):
        request = SearchRequest(must=Term("words", "x"), sort=sort, size=400)
        assert [pid for page in pages(engine, request) for pid in page] == names

    fetched.clear()
    engine.search(replace(request, size=24, after=Key(7, "p2450")))
    assert fetched == [97, 1]


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("An index writer was killed.. A worker thread encountered an error (io::Error most likely)", "disk"),
        ("An IO error occurred: 'No space left on device (os error 28)'", "disk"),
        ("Failed to acquire Lockfile: IoError(Os { code: 30, kind: ReadOnlyFilesystem })", "disk"),
        ("Data corrupted: 'Data corruption'", "broken"),
    ],
)
def test_failure_of_the_disk_is_told_apart_from_a_broken_index(said: str, cause: str) -> None:
    """A full disk is a killed thread to tantivy, and nothing else is said of it."""
    with pytest.raises(EngineError) as failed, index_failures():
        raise ValueError(said)

    assert (failed.value.cause, "is its disk full?" in str(failed.value)) == (cause, cause == "disk")
