"""What an experiment finds; the verdict follows from its checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from matplotlib.figure import Figure

T = TypeVar("T")

HOLDS, IN_PART, FAILS = "holds", "holds in part", "does not hold"

Number = float | int | str | bool | None | list["Number"] | dict[str, "Number"]


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the experiments are: whole, or quick, with fewer seeds and steps."""

    is_quick: bool = False

    def of(self, whole: T, quick: T) -> T:
        """One or the other."""
        return quick if self.is_quick else whole


@dataclass(frozen=True, slots=True)
class Check:
    """One part of a claim, and whether the numbers bear it out.

    Parameters
    ----------
    claim : str
        What should be so, in a sentence.
    holds : bool
        Whether it is; computed from the numbers.
    measured : str
        The numbers that decide, with counts and intervals.
    """

    claim: str
    holds: bool
    measured: str


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows of text under headings; `numeric` columns are set to the right."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Illustration:
    """A figure with its title, and a caption that says in words what there is to see."""

    title: str
    figure: Figure
    caption: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of an experiment.

    Parameters
    ----------
    summary : str
        What was found, one to three sentences made from the numbers.
    counts : str
        What was run: how many networks, which seeds, on what.
    checks : tuple of Check
        They decide the verdict.
    numbers : mapping
        All that was measured and is the same on every run, to the bit.
    timings : mapping of str to float
        Seconds and the like, which differ from run to run and machine to machine.
    tables, illustrations
        In the order of the page.
    code : str
        Python, or a command, that asks the same of the reader's own data.
    """

    summary: str
    counts: str
    checks: tuple[Check, ...]
    numbers: Mapping[str, Number]
    tables: tuple[ResultTable, ...] = ()
    illustrations: tuple[Illustration, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    code: str = ""

    @property
    def verdict(self) -> str:
        """All checks hold, some, or none."""
        n_held = sum(check.holds for check in self.checks)
        return HOLDS if n_held == len(self.checks) else IN_PART if n_held else FAILS


@dataclass(frozen=True, slots=True)
class Experiment:
    """A claim of the lecture and the function that puts it to the test.

    Parameters
    ----------
    name : str
        What `amenable lecture --only` takes.
    title : str
        A heading.
    claim : str
        What the lecture says.
    run : function of Scale
        Returns the Finding; the same for the same scale, but for the timings.
    """

    name: str
    title: str
    claim: str
    run: Callable[[Scale], Finding]
