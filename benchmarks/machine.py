"""Where and with what a run was made: without these lines its numbers mean nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import engine
from benchmarks.compiler import compiler_version
from benchmarks.peers import UnavailableError

LIBRARIES = ("numpy", "jax", "jaxlib", "torch", "scikit-learn")
# The wider sets that Linux names in /proc/cpuinfo, best first.
FLAGS = (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("asimd", "NEON"))
BUSY = 0.5  # above it, what needs every core suffers and what needs one does not
ROOT = Path(__file__).resolve().parents[1]


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe() -> dict[str, str]:
    """Machine, tools, versions and commit, in the order in which they are printed."""
    try:
        facts = engine.facts()
    except UnavailableError:
        facts = {"amenable": "absent"}
    return {
        "machine": f"{_processor()}, {cores()} cores usable, {platform.system()}",
        "vectors": next((name for flag, name in FLAGS if flag in _flags()), "unknown"),
        "load before": _load(),
        "compiler": compiler_version(),
        "commit": _commit(),
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
        **facts,
    }


def _load() -> str:
    """Processes that wanted a core in the last minute, before this run added its own."""
    if not hasattr(os, "getloadavg"):
        return "unknown"
    load = os.getloadavg()[0]
    return f"{load:.1f}" + (" (busy: repeat when nothing else runs)" if load > BUSY else "")


def _cpuinfo(key: str) -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _processor() -> str:
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _flags() -> set[str]:
    return set((_cpuinfo("flags") or _cpuinfo("Features")).split())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _commit() -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    try:
        commit = git("rev-parse", "--short", "HEAD")
        return (commit or "none") + ("+changes" if git("status", "--porcelain") else "")
    except FileNotFoundError:
        return "unknown"
