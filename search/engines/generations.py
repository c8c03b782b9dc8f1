"""Generations of an index on local disk: one folder each, and a pointer file that says which one answers."""

import json
import os
import re
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from search.engines.base import Field, IndexMissing, Schema

POINTER = "CURRENT"
STAMP = "generation.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


@dataclass(frozen=True)
class Stamp:
    """What a generation was made with. `library` names the engine's version and its file format."""

    schema: Schema
    library: str
    created: datetime


class Generations:
    """The folders under `root`. A folder counts only once its stamp is written, which is the last step of making it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name for a generation: {name!r}")
        return self.root / name

    def current(self) -> str:
        """The generation that answers; empty when there is none."""
        try:
            return (self.root / POINTER).read_text("utf-8", "replace").strip()
        except FileNotFoundError:
            return ""

    def point(self, name: str) -> None:
        """Atomic: readers see the old name or the new one. Raises IndexMissing when there is no such generation."""
        self.stamp(name)
        self._replace(self.root / POINTER, f"{name}\n")

    def reserve(self, name: str) -> Path:
        """An empty folder. Raises ValueError when a finished generation has the name; a half-made one is cleared."""
        path = self.path(name)
        if (path / STAMP).exists():
            raise ValueError(f"there is a generation {name!r} already")
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def finish(self, name: str, stamp: Stamp) -> None:
        value = {
            "version": stamp.schema.version,
            "fields": [[field.name, field.kind] for field in stamp.schema.fields],
            "library": stamp.library,
            "created": stamp.created.astimezone(UTC).isoformat(),
        }
        self._replace(self.path(name) / STAMP, json.dumps(value, ensure_ascii=False, indent=1))

    def stamp(self, name: str) -> Stamp:
        """Raises IndexMissing when there is none or it cannot be read."""
        try:
            value: dict[str, Any] = json.loads((self.path(name) / STAMP).read_text("utf-8"))
            fields = tuple(Field(str(field), str(kind)) for field, kind in value["fields"])
            schema = Schema(fields, str(value["version"]))
            return Stamp(schema, str(value["library"]), datetime.fromisoformat(str(value["created"])))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexMissing(f"no generation {name!r}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise IndexMissing(f"the stamp of generation {name[:40]!r} cannot be read: {str(error)[:80]}") from error

    def all(self) -> Sequence[tuple[str, datetime]]:
        """Oldest first."""
        paths = self.root.iterdir() if self.root.is_dir() else ()
        names = [path.name for path in paths if _NAME.fullmatch(path.name) and (path / STAMP).is_file()]
        return sorted(((name, self.stamp(name).created) for name in names), key=lambda item: (item[1], item[0]))

    def drop(self, name: str) -> None:
        """Raises ValueError for the one that answers; nothing happens when there is none of the name."""
        path = self.path(name)
        if name == self.current():
            raise ValueError(f"generation {name!r} answers now")
        doomed = self.root / f".dropped-{uuid.uuid4().hex}"
        try:
            path.rename(doomed)  # gone in one step, however long deleting its files takes
        except FileNotFoundError:
            return
        shutil.rmtree(doomed, ignore_errors=True)

    def _replace(self, target: Path, text: str) -> None:
        fresh = target.with_name(f".{target.name}-{uuid.uuid4().hex}")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
