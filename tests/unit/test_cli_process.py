"""The command as a process of its own: exit status, Ctrl-C, no traceback, and what help imports."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "amenable"]


@pytest.fixture
def surroundings():
    """The environment of a process that imports the package under test."""
    import amenable

    place = str(Path(amenable.__file__).resolve().parents[1])
    return {**os.environ, "PYTHONPATH": place, "COLUMNS": "100"}


def test_it_is_a_command(surroundings):
    words = ["sweep", "xor", "--hidden", "4", "--seeds", "4", "--activation", "tanh"]
    done = subprocess.run(
        [*COMMAND, *words], env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "2-4-1" in done.stdout


def test_an_error_is_one_line_and_status_2(surroundings):
    done = subprocess.run(
        [*COMMAND, "sweep", "digts"], env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_ctrl_c_keeps_what_is_finished(surroundings, tmp_path):
    # No goal can be met, so that each network takes its 100,000 steps: all together for minutes.
    words = ["sweep", "xor", "--hidden", "2", "--activation", "tanh", "--seeds", "100000"]
    words += ["--steps", "100000", "--goal", "loss <= 0", "--csv", str(tmp_path / "a.csv")]
    process = subprocess.Popen(
        [*COMMAND, *words],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:  # said just before training begins
        if "solved at training loss <= 0" in line:
            break
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "Interrupted: " in out
    assert "Next, to finish it:" in out
    assert (tmp_path / "a.csv").exists()


def test_output_that_is_not_unicode_is_no_obstacle(surroundings, tmp_path):
    path = tmp_path / "température.csv"
    path.write_text("é,ü\n" + "".join(f"{i},{'äö'[i % 2]}\n" for i in range(20)), encoding="utf-8")
    words = ["sweep", str(path), "--hidden", "2", "--seeds", "1", "--epochs", "1"]
    plain = {**surroundings, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*COMMAND, *words], env=plain, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("temp?rature.csv: 20 samples")


def test_help_imports_nothing_heavy(surroundings):
    code = (
        "import sys\n"
        "from amenable.cli import main\n"
        "main(['sweep', '--help'])\n"
        "heavy = {'sklearn', 'scipy', 'polars', 'matplotlib', 'torch'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
