"""The command as a process of its own: exit status, Ctrl-C, no traceback, and what help imports."""

import json
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
        if "goal: training loss <= 0" in line:
            break
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "Interrupted: " in out
    assert "Next, to finish it:" in out
    assert (tmp_path / "a.csv").exists()


def test_ctrl_c_while_modules_are_imported_leaves_no_traceback(surroundings):
    code = (
        "import runpy, sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'numpy' or name == 'rich':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "runpy.run_module('amenable', run_name='__main__')"
    )
    words = [sys.executable, "-c", code, "datasets"]
    done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


def test_output_that_is_not_unicode_is_no_obstacle(surroundings, tmp_path):
    path = tmp_path / "température.csv"
    path.write_text("é,ü\n" + "".join(f"{i},{'äö'[i % 2]}\n" for i in range(20)), encoding="utf-8")
    words = ["sweep", str(path), "--hidden", "2", "--seeds", "1", "--epochs", "1"]
    plain = {**surroundings, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*COMMAND, *words], env=plain, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(r"temp\xe9rature.csv: 20 samples")


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


QUICK = ["--hidden", "2", "--seeds", "1", "--epochs", "1", "--activation", "tanh"]


def run(words, surroundings, folder):
    words = [*COMMAND, *words]
    return subprocess.run(words, env=surroundings, cwd=folder, capture_output=True, check=False)


def test_names_of_files_that_are_not_unicode(surroundings, tmp_path):
    name = os.fsdecode(b"b\xff.csv")
    (tmp_path / name).write_text(
        "u,v,w\n" + "".join(f"{i},{-i},{'ab'[i % 2]}\n" for i in range(60))
    )
    files = {it: os.fsdecode(b"o\xff." + it) for it in (b"study", b"json", b"csv")}
    words = ["sweep", name, *QUICK, "--study", files[b"study"], "--json", files[b"json"]]
    done = run([*words, "--csv", files[b"csv"]], surroundings, tmp_path)
    assert done.returncode == 0, done.stderr
    assert rb"b\udcff.csv: 60 samples" in done.stdout
    record = json.loads((tmp_path / files[b"json"]).read_bytes())
    assert record["data"]["name"] == r"b\udcff.csv"
    for following in (["study", files[b"study"]], ["report", files[b"study"]]):
        done = run(following, surroundings, tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("closed", ["1", "2"])
def test_streams_that_are_closed(surroundings, tmp_path, closed):
    words = [*COMMAND, "sweep", "xor", *QUICK, "--csv", "a.csv"]
    line = f"exec {' '.join(words)} {closed}>&-"
    done = subprocess.run(["sh", "-c", line], env=surroundings, cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert (tmp_path / "a.csv").exists()


def test_no_columns_are_as_many_as_there_are(surroundings, tmp_path):
    done = run(["sweep", "xor", *QUICK], {**surroundings, "COLUMNS": "0"}, tmp_path)
    assert b"2-2-1" in done.stdout


def test_a_backend_that_is_not_there(surroundings, tmp_path):
    there = {**surroundings, "MPLBACKEND": "module://nowhere_to_be_found.backend_inline"}
    done = run(["draw", "curves", "xor", *QUICK], there, tmp_path)
    assert done.returncode == 0, done.stderr


def test_files_are_written_where_nobody_reads_to_the_end(surroundings, tmp_path):
    line = f"{' '.join([*COMMAND, 'sweep', 'iris', *QUICK])} --csv a.csv | head -0"
    subprocess.run(["sh", "-c", line], env=surroundings, cwd=tmp_path, check=False)
    assert (tmp_path / "a.csv").exists()
