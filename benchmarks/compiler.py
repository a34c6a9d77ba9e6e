"""C++ programs compiled when a benchmark needs them, for the machine it runs on."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def compiler() -> str | None:
    """The C++ compiler: $CXX, else g++, else c++; None without any."""
    return shutil.which(os.environ.get("CXX", "")) or shutil.which("g++") or shutil.which("c++")


def compiler_version() -> str:
    """First line of ``--version``."""
    found = compiler()
    if found is None:
        return "none"
    text = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    return text.splitlines()[0] if text else found


def compile_program(source: Path, program: Path, *flags: str) -> None:
    """Compile one file; raise `RuntimeError` with the compiler's first complaint."""
    found = compiler()
    if found is None:
        raise RuntimeError("no C++ compiler: install g++ or set CXX")
    command = [found, "-O3", "-march=native", "-std=c++17", *flags, str(source), "-o", str(program)]
    done = subprocess.run([*command, "-pthread"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{source.name} does not compile: {done.stderr.splitlines()[0]}")
