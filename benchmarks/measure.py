"""Engine and peers in turn on one task, judged: first that they learn alike, then their speed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any

from scipy.stats import fisher_exact

from benchmarks.engine import Engine
from benchmarks.peers import Competitor, Run, Settings, UnavailableError, start
from benchmarks.tasks import Rival, Task

# Below this, two fractions of learners are taken to differ. About twenty comparisons are made in
# a whole run, so chance alone stops one run in fifty.
SAME_FRACTION_P = 0.001

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One competitor on one task. Times are per network, so unequal numbers can be compared."""

    task: str
    competitor: str
    threads: int = 0
    n_networks: int = 0
    ms: tuple[float, ...] = ()  # milliseconds per network, one for each run
    n_steps: int = 0
    gflops: float = 0.0
    compile_s: float = 0.0
    n_learned: int = 0
    n_counted: int = 0
    p: float | None = None  # that engine and peer learn the same fraction
    ratio: float | None = None  # the engine's networks/s over this one's
    required: float | None = None
    verdict: str = ""  # "pass", "miss", or the reason why there is none
    how: str = ""

    @property
    def median_ms(self) -> float:
        return median(self.ms)

    @property
    def rate(self) -> float:
        """Networks per second."""
        return 1e3 / self.median_ms

    @property
    def us_per_step(self) -> float:
        return 1e3 * self.median_ms / self.n_steps

    def to_dict(self) -> dict[str, Any]:
        more = {"median_ms": self.median_ms, "networks_per_s": self.rate} if self.ms else {}
        return {**asdict(self), **more}


@dataclass(slots=True)
class Entry:
    """A competitor and what its runs gave so far."""

    name: str
    rival: Rival
    competitor: Competitor
    runs: list[Run] = field(default_factory=list)

    def row(self, task: Task) -> Row:
        counted = self.runs if self.competitor.is_seeded else self.runs[:1]
        ms = tuple(1e3 * run.seconds / run.n_networks for run in self.runs)
        return Row(
            task=task.name,
            competitor=self.name,
            threads=self.competitor.threads,
            n_networks=self.runs[0].n_networks,
            ms=ms,
            n_steps=task.n_steps,
            gflops=task.flop_per_network / median(ms) / 1e6,
            compile_s=self.competitor.compile_s,
            n_learned=sum(run.n_learned for run in counted),
            n_counted=sum(run.n_networks for run in counted),
            required=self.rival.required,
            how=self.competitor.how,
        )


def compare(
    task: Task, settings: Settings, repeats: int, *, peers_only: bool = False, say: Say = print
) -> list[Row]:
    """Run the engine and every rival of the task in turn, `repeats` times."""
    rivals = [*task.rivals] if peers_only else [Rival("amenable"), *task.rivals]
    entries: list[Entry] = []
    skipped: list[Row] = []
    for rival in rivals:
        say(f"{task.name}: preparing {rival.peer}")
        try:
            competitor = _start(rival, task, settings)
        except UnavailableError as reason:
            skipped.append(Row(task.name, rival.peer, verdict=f"skipped: {reason}"))
        else:
            entries.append(Entry(rival.peer, rival, competitor))
    for repeat in range(repeats):
        for entry in entries:
            say(f"{task.name}: {entry.name}, run {repeat + 1} of {repeats}")
            entry.runs.append(entry.competitor.run(repeat))
    return [*judge([entry.row(task) for entry in entries]), *skipped]


def _start(rival: Rival, task: Task, settings: Settings) -> Competitor:
    n_networks = rival.n_networks or task.n_networks
    if rival.peer == "amenable":
        return Engine(task, n_networks, settings)
    return start(rival.peer, task, n_networks, settings)


def judge(rows: list[Row]) -> list[Row]:
    """Fill in p, ratio and verdict of the peers; without the engine's row there is nothing to."""
    engines = [row for row in rows if row.competitor == "amenable"]
    return [row if row in engines else _judge(row, engines[0]) for row in rows] if engines else rows


def _judge(peer: Row, engine: Row) -> Row:
    p = same_fraction_p(engine, peer)
    if p <= SAME_FRACTION_P:
        return replace(peer, p=p, verdict="miss: learned fractions differ, speeds not comparable")
    ratio = engine.rate / peer.rate
    if peer.required is None:
        return replace(peer, p=p, ratio=ratio)
    return replace(peer, p=p, ratio=ratio, verdict="pass" if ratio >= peer.required else "miss")


def same_fraction_p(a: Row, b: Row) -> float:
    """Fisher's exact test that two fractions of learners are one."""
    table = [[row.n_learned, row.n_counted - row.n_learned] for row in (a, b)]
    return float(fisher_exact(table).pvalue)
