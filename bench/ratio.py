"""Hold a real path against its floor: interleaved rounds, CPU milliseconds of application and database backends."""

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One line of the table. `real` and `floor` are (minimum, median, maximum); `sql` 0 where none is counted."""

    name: str
    real: tuple[float, float, float]
    floor: tuple[float, float, float]
    unit: str
    target: float
    sql: int = 0
    sql_target: int = 0
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.real[1] / self.floor[1] if self.floor[1] else float("inf")

    @property
    def is_reached(self) -> bool:
        return self.ratio <= self.target and self.sql <= (self.sql_target or self.sql)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": round(self.ratio, 3), "reached": self.is_reached}


@dataclass(frozen=True)
class Count:
    """A figure that is right or wrong, without a floor."""

    name: str
    text: str
    wanted: str
    is_reached: bool
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def spread(values: list[float]) -> tuple[float, float, float]:
    return min(values), statistics.median(values), max(values)


def compare(
    name: str,
    real: Callable[[], float],
    floor: Callable[[], float],
    *,
    target: float,
    sql: int = 0,
    sql_target: int = 0,
    unit: str = "CPU ms",
    note: str = "",
    rounds: int = ROUNDS,
) -> Figure:
    """`real` and `floor` each run one block and say what one call cost. The first round warms up and is dropped."""
    pairs = [(floor(), real()) for _ in range(rounds + 1)][1:]
    return Figure(
        name=name,
        real=spread([pair[1] for pair in pairs]),
        floor=spread([pair[0] for pair in pairs]),
        unit=unit,
        target=target,
        sql=sql,
        sql_target=sql_target,
        note=note,
    )


def table(rows: list[Figure | Count]) -> str:
    lines = [["figure", "min/median/max", "floor", "ratio", "target", "SQL", "verdict"]]
    for row in rows:
        verdict = "reached" if row.is_reached else "NOT YET"
        if isinstance(row, Count):
            lines.append([row.name, row.text, "", "", row.wanted, "", verdict])
            continue
        low, middle, high = (f"{value:.2f}" for value in row.real)
        statements = f"{row.sql} (<= {row.sql_target})" if row.sql_target else ""
        lines.append(
            [
                row.name,
                f"{low}/{middle}/{high} {row.unit}",
                f"{row.floor[1]:.2f}",
                f"{row.ratio:.2f}",
                f"<= {row.target:g}",
                statements,
                verdict,
            ]
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    notes = [f"{row.name}: {row.note}" for row in rows if row.note]
    return "\n".join([*text, *notes])
