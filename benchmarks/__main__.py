"""``python -m benchmarks [names] [--quick] [--json FILE]``, from the repository root."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from benchmarks import clusters, growth, image_measure, limits, report, studies
from benchmarks.data import USPS_VARIABLE, usps_file
from benchmarks.image_measure import ImageRow
from benchmarks.image_tasks import IMAGE_TASKS, ImageTask
from benchmarks.limits import MEASURES, Reading
from benchmarks.machine import ROOT, cores, describe
from benchmarks.measure import Row, compare
from benchmarks.peak import peak_gflops
from benchmarks.peers import Settings, UnavailableError
from benchmarks.tasks import TASKS, Limit, Task

NAMES = (*TASKS, *IMAGE_TASKS, "peak", *MEASURES, *studies.MEASURES, *clusters.MEASURES, "growth")


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; all")
    parser.add_argument("--quick", action="store_true", help="fewer networks and runs, no growth")
    parser.add_argument("--peers-only", action="store_true", help="measure the peers by themselves")
    parser.add_argument("--repeats", type=int, help="runs of each competitor (5; 3 if quick)")
    parser.add_argument("--threads", type=int, default=cores(), help="default: usable cores")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all results here")
    parser.add_argument(
        "--ceiling",
        type=Path,
        default=ROOT.parent / "shared" / "probe" / "ceiling.cpp",
        metavar="FILE",
        help="source of the ceiling probe (%(default)s)",
    )
    parser.add_argument(
        "--usps",
        type=Path,
        default=os.environ.get(USPS_VARIABLE) or ROOT.parent / "shared" / "data" / "usps.npz",
        metavar="FILE",
        help=f"digits for L1; without the file, made ones; also ${USPS_VARIABLE} (%(default)s)",
    )
    options = parser.parse_intermixed_args(arguments)
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
    if options.threads < 1 or (options.repeats is not None and options.repeats < 1):
        parser.error("--threads and --repeats: expected at least 1")
    return options


class Session:
    """One run of the command: its options, and what was found so far."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.settings = Settings(options.threads, options.ceiling)
        os.environ[USPS_VARIABLE] = str(options.usps)  # what reads the data may be a new process
        self.repeats = options.repeats or (3 if options.quick else 5)
        self.console = Console()
        self.facts = describe()
        self.rows: list[Row | ImageRow] = []
        self.readings: list[Reading] = []
        # Tables have up to eighteen columns; a file or pipe has no width of its own.
        if not self.console.is_terminal:
            self.console = Console(width=200)

    def run(self) -> int:
        """Print the tables; 1 if anything that is required was missed."""
        report.print_machine(self.console, self.facts)
        self.console.print(
            "ratio: networks/s of the engine over the peer's, of medians; us/step: per network;\n"
            "p: of Fisher's test that both learn the same fraction; compile time is apart.",
            highlight=False,
        )
        chosen = self.options.names or [n for n in NAMES if n != "growth" or not self.options.quick]
        for name in chosen:
            self.run_one(name)
        if self.readings:
            report.print_readings(self.console, self.readings)
        if self.options.json:
            report.write_json(self.options.json, self.facts, self.rows, self.readings)
        verdicts = [row.verdict for row in self.rows] + [it.verdict for it in self.readings]
        return int(any(verdict.startswith("miss") for verdict in verdicts))

    def run_one(self, name: str) -> None:
        if name in TASKS:
            self.run_task(TASKS[name].quick() if self.options.quick else TASKS[name])
        elif name in IMAGE_TASKS:
            self.run_images(IMAGE_TASKS[name].quick() if self.options.quick else IMAGE_TASKS[name])
        elif name == "growth":
            self.run_growth()
        elif name == "peak":
            self.readings += [self.peak(threads) for threads in sorted({1, self.settings.threads})]
        elif not self.options.peers_only:
            self.say(f"{name}: measuring")
            kind = next(it for it in (limits, studies, clusters) if name in it.MEASURES)
            self.readings += limits.take(
                kind.MEASURES, kind.LIMITS, name, self.settings, self.repeats
            )

    def run_task(self, task: Task) -> None:
        only = self.options.peers_only
        rows = compare(task, self.settings, self.repeats, peers_only=only, say=self.say)
        batch = "full batch" if task.is_full_batch else f"batch {task.batch}"
        title = (
            f"{task.name}: {task.structure} {task.activation}, {task.data}, {batch}, "
            f"{task.optimizer} {task.lr}, {task.n_steps:,} steps; learned: training accuracy "
            f"above {task.learned:.4g}"
        )
        report.print_rows(self.console, title, rows)
        for row in rows:
            if row.how:
                self.console.print(f"  {row.competitor}: {row.how}", highlight=False)
        self.rows += rows
        engines = [row for row in rows if row.competitor == "amenable" and row.ms]
        if task.peak_share is not None and engines:
            self.readings.append(self.share(task, engines[0]))

    def run_images(self, task: ImageTask) -> None:
        only = self.options.peers_only
        rows, readings = image_measure.compare(
            task, self.settings, self.repeats, peers_only=only, say=self.say
        )
        order = "own shuffle" if task.is_shuffled else "one order"
        title = (
            f"{task.name}: {task.structure.preset}, {task.n_samples:,} images of "
            f"{task.data if usps_file() else 'made digits'}, batch {task.batch}, {order}, "
            f"{task.optimizer} {task.lr}, {task.loss} loss, {task.n_steps:,} steps; peers with "
            f"fewer are scaled"
        )
        try:
            peak = peak_gflops(self.settings.threads)
        except UnavailableError:
            peak = None
        report.print_image_rows(self.console, title, rows, peak)
        for row in rows:
            if row.how:
                self.console.print(f"  {row.competitor}: {row.how}", highlight=False)
        self.rows += rows
        engines = [row for row in rows if row.competitor == image_measure.ENGINE and row.us]
        self.readings += [self.share(task, row) for row in engines] + readings

    def share(self, task: Task | ImageTask, row: Row | ImageRow) -> Reading:
        limit = Limit(
            f"{task.name}-peak", "share of the peak rate", task.peak_share, "", at_least=True
        )
        try:
            peak = peak_gflops(self.settings.threads)
        except UnavailableError as reason:
            return Reading(limit, None, str(reason))
        return Reading(limit, row.gflops / peak, f"{row.gflops:.0f} of {peak:.0f} GFLOP/s")

    def peak(self, threads: int) -> Reading:
        limit = Limit("peak", f"float32 multiply-adds, {threads} thread(s)", None, "GFLOP/s")
        try:
            return Reading(limit, peak_gflops(threads))
        except UnavailableError as reason:
            return Reading(limit, None, str(reason))

    def run_growth(self) -> None:
        only, repeats = self.options.peers_only, max(1, self.repeats // 2)
        rows = growth.measure(self.settings, repeats, peers_only=only, say=self.say)
        report.print_growth(self.console, rows, growth.summary(rows))
        self.rows += rows

    def say(self, what: str) -> None:
        """Progress, to the error stream: it must not end up in a saved table."""
        if sys.stderr.isatty():
            print(what, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(Session(parse(sys.argv[1:])).run())
