"""The ceiling probe: S1 with the shape known at compile time. A bound, not a rival.

It is a program of its own with its own seeds and its own sizes (512 networks for each thread),
so every run trains the same networks and they count once.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.compiler import compile_program
from benchmarks.peers import Run, Settings, UnavailableError
from benchmarks.tasks import TASKS, Task

NETWORKS_PER_THREAD = 512  # 32 groups of 16 lanes, as the probe has it
LINE = re.compile(r"(\d+) thread\(s\): (\d+) networks/s, learned ([\d.]+) %")


class Ceiling:
    """The probe compiled once; each run starts it anew and reads the line of our threads."""

    how = "fixed shape, -O3 -march=native -ffast-math, float32"
    is_seeded = False

    def __init__(self, task: Task, n_networks: int, settings: Settings) -> None:
        if task.structure != TASKS["S1"].structure:
            raise UnavailableError(f"the ceiling probe trains S1 only, not {task.name}")
        if not settings.ceiling.is_file():
            raise UnavailableError(f"no {settings.ceiling}: name the probe's source with --ceiling")
        self.threads = settings.threads
        self.folder = tempfile.TemporaryDirectory()
        self.program = Path(self.folder.name) / "ceiling"
        start = time.perf_counter()
        try:
            compile_program(settings.ceiling, self.program, "-ffast-math")
        except RuntimeError as error:
            raise UnavailableError(str(error)) from error
        self.compile_s = time.perf_counter() - start

    def run(self, seed: int) -> Run:
        text = subprocess.run([self.program], capture_output=True, text=True, check=True).stdout
        for threads, rate, learned in LINE.findall(text):
            if int(threads) == self.threads:
                n = NETWORKS_PER_THREAD * self.threads
                return Run(n / float(rate), n, round(n * float(learned) / 100))
        raise UnavailableError(f"the ceiling probe has no line for {self.threads} threads")
