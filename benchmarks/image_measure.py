"""Engine and peers in turn on images, judged: first that they are one function and learn alike.

Every competitor starts from the same weights. Slow peers do fewer steps; times are per network and
step, so that they can be compared. Where the order of samples is given, engine and peer do the same
steps, and the losses after them must agree; where each shuffles for itself, their distributions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any

import numpy as np
from scipy.stats import mannwhitneyu

from benchmarks.data import usps_file
from benchmarks.engine import ImageEngine
from benchmarks.image_tasks import IMAGE_LIMITS, TRAINING_ERROR, ImageRival, ImageTask
from benchmarks.limits import Reading
from benchmarks.measure import SAME_FRACTION_P, Say
from benchmarks.peers import ImageCompetitor, Settings, Trained, UnavailableError, start_on_images

# Outputs are of order 1 and sums of at most 200 products in float32: 1e-6 is what is seen.
SAME_OUTPUT = 1e-4
N_COMPARED = 64  # images, and at most 4 networks
ENGINE = "amenable"


@dataclass(frozen=True, slots=True)
class ImageRow:
    """One competitor on one task. Times are of one step of one network."""

    task: str
    competitor: str
    threads: int = 0
    n_networks: int = 0
    n_steps: int = 0
    batch: int = 0
    us: tuple[float, ...] = ()  # microseconds, one for each run
    gflops: float = 0.0
    cores: float = (
        0.0  # CPU seconds per second: where below `threads`, others were busy or it waits
    )
    compile_s: float = 0.0
    loss: float | None = None  # median of the networks of the first run
    engine_loss: float | None = None  # of the engine after as many steps
    function_error: float | None = None  # largest difference of outputs, same weights
    agreement: str = ""  # of the losses: how far apart, or the p of a test
    ratio: float | None = None
    required: float | None = None
    verdict: str = ""
    how: str = ""

    @property
    def median_us(self) -> float:
        return median(self.us)

    @property
    def images_per_s(self) -> float:
        """Network-images: each image counts once for each network."""
        return 1e6 * self.batch / self.median_us

    def to_dict(self) -> dict[str, Any]:
        more = {"median_us": self.median_us, "images_per_s": self.images_per_s} if self.us else {}
        return {**asdict(self), **more}


@dataclass(slots=True)
class Entry:
    """A competitor and its runs."""

    rival: ImageRival
    competitor: ImageCompetitor
    runs: list[Trained] = field(default_factory=list)
    cpu: float = 0.0  # seconds, of all runs

    def run(self, task: ImageTask, seed: int) -> None:
        it = self.competitor
        flat, order = given(task, it.n_networks, it.n_steps, seed)
        before = time.process_time()
        self.runs.append(it.train(flat, order))
        self.cpu += time.process_time() - before

    def row(self, task: ImageTask) -> ImageRow:
        it = self.competitor
        us = tuple(1e6 * run.seconds / it.n_networks / it.n_steps for run in self.runs)
        return ImageRow(
            task=task.name,
            competitor=self.rival.peer,
            threads=it.threads,
            n_networks=it.n_networks,
            n_steps=it.n_steps,
            batch=task.batch,
            us=us,
            cores=self.cpu / sum(run.seconds for run in self.runs),
            gflops=task.flop_per_step / median(us) / 1e3,
            compile_s=it.compile_s,
            required=self.rival.required,
            how=it.how,
        )


def given(
    task: ImageTask, n_networks: int, n_steps: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Initial weights and rows of the steps."""
    flat = task.structure.draw(n_networks, seed, task.law)
    return flat, task.orders(n_networks, n_steps, seed)


def compare(
    task: ImageTask, settings: Settings, repeats: int, *, peers_only: bool = False, say: Say = print
) -> tuple[list[ImageRow], list[Reading]]:
    """Run the engine and every rival in turn, `repeats` times; rows, and the task's limits."""
    entries: list[Entry] = []
    skipped: list[ImageRow] = []
    for rival in [*([] if peers_only else [ImageRival(ENGINE)]), *task.rivals]:
        say(f"{task.name}: preparing {rival.peer}")
        try:
            entries.append(Entry(rival, _start(rival, task, settings)))
        except UnavailableError as reason:
            skipped.append(ImageRow(task.name, rival.peer, verdict=f"skipped: {reason}"))
    for repeat in range(repeats):
        for entry in entries:
            say(f"{task.name}: {entry.rival.peer}, run {repeat + 1} of {repeats}")
            entry.run(task, repeat)
    engines = [entry for entry in entries if entry.rival.peer == ENGINE]
    if not engines:
        return [*(entry.row(task) for entry in entries), *skipped], []
    rows = [judge(task, entry, engines[0], settings) for entry in entries]
    return [*rows, *skipped], _limits(task, engines[0], rows[0])


def _start(rival: ImageRival, task: ImageTask, settings: Settings) -> ImageCompetitor:
    n_networks, n_steps = rival.n_networks or task.n_networks, rival.n_steps or task.n_steps
    if rival.peer == ENGINE:
        return ImageEngine(task, n_networks, n_steps, settings)
    return start_on_images(rival.peer, task, n_networks, n_steps, settings)


def judge(task: ImageTask, entry: Entry, engine: Entry, settings: Settings) -> ImageRow:
    """Compare function, losses and speed, in this order."""
    measured: ImageEngine = engine.competitor  # type: ignore[assignment]
    row, images = entry.row(task), task.images
    losses = task.losses(measured.outputs(entry.runs[0].weights, images))
    row = replace(row, loss=float(np.median(losses)))
    if entry is engine:
        return row
    flat, order = given(task, row.n_networks, row.n_steps, 0)
    some, few = flat[:4], images[:N_COMPARED]
    outputs = entry.competitor.outputs(some, few), measured.outputs(some, few)
    error = float(np.max(np.abs(outputs[0] - outputs[1])))
    # The engine once more, not timed, for as many steps as the peer did.
    twin = measured.train(flat, order).weights
    twins = task.losses(measured.outputs(twin, images))
    agreement, agree = _agreement(task, losses, twins)
    row = replace(
        row, function_error=error, engine_loss=float(np.median(twins)), agreement=agreement
    )
    if not error <= SAME_OUTPUT:
        return replace(row, verdict=f"miss: outputs differ by {error:.2g}, not the same function")
    if not agree:
        return replace(row, verdict="miss: losses differ, speeds not comparable")
    ratio = row.median_us / engine.row(task).median_us
    if row.required is None:
        return replace(row, ratio=ratio)
    return replace(row, ratio=ratio, verdict="pass" if ratio >= row.required else "miss")


def _agreement(task: ImageTask, a: np.ndarray, b: np.ndarray) -> tuple[str, bool]:
    """Of final losses (T,): in words, and whether they agree."""
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        return "not finite", False
    if task.is_shuffled:
        p = float(mannwhitneyu(a, b).pvalue)
        return f"p {p:.2g}", p > SAME_FRACTION_P
    apart = float(np.median(np.abs(a - b) / b))
    return f"{apart:.1e} apart", apart <= task.apart


def _limits(task: ImageTask, engine: Entry, row: ImageRow) -> list[Reading]:
    """Bounds on the engine's own runs; taken only where nothing was cut short."""
    seconds = median(run.seconds for run in engine.runs)
    found: dict[str, Callable[[], Reading]] = {
        "L1-time": lambda: Reading(IMAGE_LIMITS["L1-time"], seconds),
        "L1-error": lambda: Reading(
            IMAGE_LIMITS["L1-error"],
            None if row.loss is None else abs(row.loss - TRAINING_ERROR),
            f"{row.loss:.2e}, {task.structure.activation}",
        ),
    }
    reasons = {"L1-time": "needs all passes" if task.is_quick else ""}
    reasons["L1-error"] = reasons["L1-time"] or ("" if usps_file() else "needs USPS, see --usps")
    return [
        Reading(IMAGE_LIMITS[name], None, reasons[name]) if reasons[name] else found[name]()
        for name in task.limits
    ]
