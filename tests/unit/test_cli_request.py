"""Command lines that are proposed must be ones that can be pasted."""

import os
import shlex
import shutil
import subprocess

import pytest

from amenable import log_range
from amenable.cli.request import Request


def test_what_was_not_typed_is_not_in_the_command():
    assert Request("digits").command() == "amenable sweep digits"


def test_repeated_options_come_back_repeated():
    request = Request("iris", settings={"hidden": ("3", "4,4"), "l2": ("0",)}, seeds=8, test=0.5)
    assert shlex.split(request.command())[2:] == [
        *("iris", "--test", "0.5", "--hidden", "3", "--hidden", "4,4", "--l2", "0", "--seeds", "8"),
    ]


@pytest.mark.parametrize("path", ["my data.csv", "a'b.csv", "x;rm.csv", "$HOME.csv", "-odd.csv"])
def test_odd_file_names_survive_the_shell(path):
    word = shlex.split(Request(path).command())[2]
    assert word in (path, f"./{path}")
    assert not word.startswith("-")


@pytest.mark.parametrize("name", ["a\nb.csv", "b\udcff's.csv", "\x1b[8m\\t.csv"])
def test_names_of_any_characters_are_pasted_in_one_line(name):
    command = Request(name).command()
    assert command.isprintable()
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash")
    shown = subprocess.run(
        [shell, "-c", f"printf %s {command.split(' ', 2)[2]}"], capture_output=True, check=False
    )
    assert shown.stdout == os.fsencode(name)


@pytest.mark.parametrize("name", ["compare", "-x.study"])
def test_a_study_is_called_what_the_commands_take_for_a_file(name):
    assert f"--study ./{name}" in Request("xor", study=name).command()


def test_changes_replace_what_was_typed():
    typed = {"hidden": ("2",), "goal": ("accuracy >= 1",), "epochs": ("5",)}
    changed = Request("xor", settings=typed).command(hidden=[(9,), (4, 4), ()], steps=10)
    assert shlex.split(changed)[3:] == [
        *("--hidden", "9", "--hidden", "4,4", "--hidden", "none"),
        *("--goal", "accuracy >= 1", "--steps", "10"),
    ]


def test_goals_are_written_as_headers_write_them():
    command = Request("xor").command(goal="training accuracy >= 1.0")
    assert shlex.split(command)[-1] == "training accuracy >= 1"


def test_numbers_keep_all_their_digits():
    assert Request("xor").command(lr=[0.123456789, 1e-5]).endswith("--lr 0.123456789 --lr 1e-05")


def test_options_of_studies_come_back_as_they_are_typed():
    request = Request("xor", study="a b.study", draws=9, until_decided=0.1, on="ray")
    assert shlex.split(request.command(lr=log_range(1e-4, 1)))[3:] == [
        *("--lr", "0.0001..1", "--study", "a b.study", "--draws", "9"),
        *("--until-decided", "0.1", "--on", "ray"),
    ]
    assert request.typed == ("--study", "--draws", "--until-decided", "--on")
