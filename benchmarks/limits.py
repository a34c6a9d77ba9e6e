"""Measurements of the engine against a bound instead of a peer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.engine import TARGET_VARIABLE, Engine, MixedEngine, instruction_sets, package
from benchmarks.machine import ROOT
from benchmarks.peers import Settings, UnavailableError
from benchmarks.tasks import LIMITS, MIXED, TASKS, Limit

MB = 1e6
MODULE_SUFFIXES = (".so", ".pyd", ".dylib")


@dataclass(frozen=True, slots=True)
class Reading:
    """One number beside its bound."""

    limit: Limit
    value: float | None  # None: not measured, for the reason in `note`
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return f"skipped: {self.note}"
        holds = self.limit.holds(self.value)
        return {True: "pass", False: "miss", None: ""}[holds]

    def to_dict(self) -> dict[str, object]:
        limit = self.limit
        return {
            "limit": limit.name,
            "value": self.value,
            "unit": limit.unit,
            "bound": limit.bound,
            "verdict": self.verdict,
            "note": self.note,
        }


def second_core(settings: Settings, repeats: int) -> list[Reading]:
    """S1 on one thread and on two, in turn, with the same networks."""
    task = TASKS["S1"]
    one, two = (Engine(task, task.n_networks, replace(settings, threads=n)) for n in (1, 2))
    pairs = [(one.run(r).seconds, two.run(r).seconds) for r in range(repeats)]
    slow, fast = (median(times) for times in zip(*pairs, strict=True))
    return [Reading(LIMITS["second-core"], slow / fast, f"{slow:.3f} s and {fast:.3f} s")]


def avx2(settings: Settings, repeats: int) -> list[Reading]:
    """S1 in new processes with each instruction set forced, in turn."""
    names = instruction_sets()
    wide, narrow = (next((n for n in names if key in n), None) for key in ("512", "avx2"))
    if wide is None or narrow is None:
        raise UnavailableError(f"needs AVX-512 and AVX2, this machine has {', '.join(names)}")
    times: dict[str, list[float]] = {wide: [], narrow: []}
    for _ in range(repeats):
        for name in times:
            times[name] += _forced(name, settings.threads)
    best, forced = median(times[wide]), median(times[narrow])
    return [Reading(LIMITS["avx2"], best / forced, f"{best:.3f} s and {forced:.3f} s")]


def _forced(target: str, threads: int) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.engine", "S1", str(threads), "1"]
    found: list[float] = json.loads(_output(command, {TARGET_VARIABLE: target}))["seconds"]
    return found


def mixed(settings: Settings, repeats: int) -> list[Reading]:
    """All structures in one call, and one call for each, in turn."""
    engine = MixedEngine(MIXED, settings)
    pairs = [(engine.together(), engine.apart()) for _ in range(repeats)]
    together, apart = (median(times) for times in zip(*pairs, strict=True))
    note = f"{together:.3f} s and {apart:.3f} s for {len(engine.networks)} parts"
    return [Reading(LIMITS["mixed"], together / apart, note)]


def sweep(settings: Settings, repeats: int) -> list[Reading]:
    """The command as a user types it, from start to table."""
    command = Path(sys.executable).with_name("amenable")
    if not command.is_file():
        raise UnavailableError(f"no command {command}: pip install .")
    seconds = []
    for _ in range(min(repeats, 2)):  # tens of seconds each
        start = time.perf_counter()
        text = _output([str(command), "sweep", "digits", "--threads", str(settings.threads)])
        seconds.append(time.perf_counter() - start)
    return [Reading(LIMITS["sweep"], median(seconds), f"{len(text.splitlines())} lines printed")]


def import_time(settings: Settings, repeats: int) -> list[Reading]:
    """In a fresh interpreter, without the interpreter's own start; files are in the cache."""
    package()
    code = "import time; t = time.perf_counter(); import amenable; print(time.perf_counter() - t)"
    seconds = [float(_output([sys.executable, "-c", code])) for _ in range(6)][1:]
    return [Reading(LIMITS["import"], median(seconds), f"worst of 5: {max(seconds):.3f} s")]


def install(settings: Settings, repeats: int) -> list[Reading]:
    """`pip install .` of a copy of the sources into an empty folder, build tools present."""
    missing = [name for name in ("scikit_build_core", "nanobind", "pip") if find_spec(name) is None]
    if missing:
        raise UnavailableError(f"needs {', '.join(missing)} here: nothing is downloaded")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source", Path(folder) / "target"
        _copy_sources(source)
        pip = [sys.executable, "-m", "pip", "install", str(source), "--target", str(target)]
        start = time.perf_counter()
        _output([*pip, "--no-deps", "--no-build-isolation", "--no-index"])
        seconds = time.perf_counter() - start
        modules = [p for p in target.rglob("*") if p.suffix in MODULE_SUFFIXES]
        size = sum(p.stat().st_size for p in modules) / MB
    names = ", ".join(p.name for p in modules)
    return [Reading(LIMITS["install"], seconds), Reading(LIMITS["module-size"], size, names)]


def _copy_sources(target: Path) -> None:
    """Copy what git would deliver, uncommitted changes included; no build folders."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others"]
    for name in filter(None, _output([*listing, "--exclude-standard"]).split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def memory(settings: Settings, repeats: int) -> list[Reading]:
    """Memory of a process of its own, which does nothing but train."""
    package()
    command = [sys.executable, "-m", "benchmarks.memory", str(settings.threads)]
    found = json.loads(_output(command))
    return [
        Reading(
            LIMITS["memory"],
            found["bytes_per_network"],
            f"{found['n_networks']:,} networks in a call",
        ),
        Reading(LIMITS["memory-growth"], found["growth_bytes"] / MB, found["note"]),
    ]


def _output(command: list[str], environment: dict[str, str] | None = None) -> str:
    """Run a command from the root and return what it printed; its last error line if it fails."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        last = last.rpartition("Error: ")[2]  # what it says, without the exception's name
        raise UnavailableError(f"{Path(command[0]).name} failed: {last}")
    return done.stdout


Measure = Callable[[Settings, int], list[Reading]]
MEASURES: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "second-core": (second_core, ("second-core",)),
    "avx2": (avx2, ("avx2",)),
    "mixed": (mixed, ("mixed",)),
    "sweep": (sweep, ("sweep",)),
    "import": (import_time, ("import",)),
    "memory": (memory, ("memory", "memory-growth")),
    "install": (install, ("install", "module-size")),
}


def take(
    measures: Mapping[str, tuple[Measure, tuple[str, ...]]],
    limits: Mapping[str, Limit],
    name: str,
    settings: Settings,
    repeats: int,
) -> list[Reading]:
    """Take the readings `name`; where that cannot be done, say why."""
    run, names = measures[name]
    try:
        package()
        return run(settings, repeats)
    except UnavailableError as reason:
        return [Reading(limits[it], None, str(reason)) for it in names]
