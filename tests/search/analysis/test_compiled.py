from pathlib import Path

import pytest

from search.analysis.compiled import compiled, compiled_path


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    return tmp_path


def make() -> bytes:
    return b"made"


def never() -> bytes:
    raise AssertionError("made again")


def test_made_once_for_each_version() -> None:
    assert compiled("words", "1", make) == b"made"

    assert compiled("words", "1", never) == b"made"
    assert compiled("words", "2", lambda: b"newer") == b"newer"
    assert {path.name for path in compiled_path("words", "1").parent.iterdir()} == {"words-1", "words-2"}


@pytest.mark.parametrize("content", [b"", b"0000", b"00000000made", b"made", b"\xff" * 40])
def test_a_broken_file_is_made_again(content: bytes) -> None:
    compiled("words", "1", make)
    compiled_path("words", "1").write_bytes(content)

    assert compiled("words", "1", make) == b"made"
    assert compiled("words", "1", never) == b"made"


def test_a_file_cut_short_is_made_again() -> None:
    compiled("words", "1", make)
    path = compiled_path("words", "1")
    path.write_bytes(path.read_bytes()[:-1])

    assert compiled("words", "1", make) == b"made"


def test_where_nothing_can_be_written_it_is_made_each_time(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache_folder / "file").touch()
    monkeypatch.setattr("sys.pycache_prefix", str(cache_folder / "file"))

    assert [compiled("words", "1", make) for _ in range(2)] == [b"made", b"made"]
