"""One benchmark's figures: a table for people, JSON for machines, and whether every bar was reached."""

import platform
from importlib.metadata import version
from typing import Literal

import msgspec
import numpy
from rich.console import Console
from rich.table import Table

PACKAGES = (
    "torch",
    "timm",
    "open-clip-torch",
    "ultralytics",
    "mediapipe",
    "openvino",
    "onnxruntime",
    "pymilvus",
    "milvus-lite",
    "numpy",
)


class Figure(msgspec.Struct, frozen=True):
    """One measured number. bar: what it must reach, in the direction ``better`` says; peer: the same number by what it is compared with."""

    name: str
    value: float
    unit: str = ""
    bar: float | None = None
    better: Literal["higher", "lower"] = "higher"
    peer: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool:
        if self.bar is None:
            return True
        return self.value >= self.bar if self.better == "higher" else self.value <= self.bar


class Report(msgspec.Struct, frozen=True):
    """All figures of one benchmark, with what is needed to repeat it."""

    bench: str
    data: str
    split: str
    seed: int
    figures: tuple[Figure, ...]
    machine: str = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    cores: int = 0
    versions: dict[str, str] = msgspec.field(default_factory=lambda: {name: version(name) for name in PACKAGES})

    @property
    def reached(self) -> bool:
        """Whether every bar is reached; the command exits 1 otherwise."""
        return all(figure.reached for figure in self.figures)

    def print(self, console: Console) -> None:
        table = Table(title=f"{self.bench}: {self.data}, {self.split}, seed {self.seed}")
        for column, justify in (
            ("figure", "left"),
            ("value", "right"),
            ("bar", "right"),
            ("peer", "right"),
            ("", "left"),
        ):
            table.add_column(column, justify=justify)  # type: ignore[arg-type]
        for f in self.figures:
            sign = "≥" if f.better == "higher" else "≤"
            mark = "" if f.bar is None else "reached" if f.reached else "[red]missed[/red]"
            table.add_row(
                f.name,
                f"{_number(f.value)} {f.unit}".strip(),
                "" if f.bar is None else f"{sign} {_number(f.bar)}",
                "" if f.peer is None else _number(f.peer),
                " ".join(filter(None, (mark, f.note))),
            )
        console.print(table)
        console.print(f"{self.machine}; " + ", ".join(f"{name} {v}" for name, v in self.versions.items()), style="dim")


def _number(x: float) -> str:
    return (
        numpy.format_float_positional(x, precision=4, unique=False, fractional=False, trim="-")
        if abs(x) < 1000
        else f"{x:,.0f}"
    )
