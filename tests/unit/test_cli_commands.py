"""Commands are found by name and imported when called; other packages bring theirs."""

import subprocess
import sys
import tomllib
from importlib import import_module, invalidate_caches
from pathlib import Path

import pytest

import amenable
from amenable.cli import main
from amenable.cli.commands import GROUP, OWN

LAB = '''"""`amenable lab`: look at networks while they learn.

More of it.
"""
import typer

def lab(port: int = typer.Option(8000, help="Where it listens.")) -> int:
    """Look at networks while they learn."""
    print(f"listening on {port}")
    return 7
'''
GROUPED = '''"""Ask why, in several ways."""
import typer

why = typer.Typer()

@why.command()
def slow() -> None:
    print("the rate is small")

@why.command()
def stuck() -> None:
    print("a plateau")
'''


@pytest.fixture
def others(tmp_path, monkeypatch):
    """Installs commands of other packages: the text of a module by the command's name."""

    def install(**modules):
        for name, text in modules.items():
            (tmp_path / f"other_{name}.py").write_text(text)
        info = tmp_path / "other_lab-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-lab\nVersion: 1.0\n")
        lines = [f"{name} = other_{name}:{name}\n" for name in modules]
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n" + "".join(lines))
        monkeypatch.syspath_prepend(tmp_path)
        invalidate_caches()

    yield install
    for name in [name for name in sys.modules if name.startswith("other_")]:
        del sys.modules[name]


def test_help_names_every_command_and_imports_none():
    code = (
        "import sys\n"
        "from amenable.cli import main\n"
        "main(['--help'])\n"
        f"places = {[place.partition(':')[0] for place in OWN.values()]}\n"
        "print('imported', [it for it in [*places, 'amenable.lecture'] if it in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert "imported []" in done.stdout
    for name in (*OWN, "lecture"):
        assert f"│ {name} " in done.stdout


def test_every_command_says_in_its_first_line_what_it_does(capsys):
    assert main(["--help"]) == 0
    assert "cannot be found" not in capsys.readouterr().out
    for name, place in OWN.items():
        module = import_module(place.partition(":")[0])
        assert module.__doc__.startswith(f"`amenable {name}`: ")


def test_the_lecture_comes_in_by_the_door_of_all_others():
    project = Path(amenable.__file__).parents[2] / "pyproject.toml"
    if not project.is_file():
        pytest.skip("an installed package has no pyproject.toml")
    named = tomllib.loads(project.read_text())["project"]["entry-points"][GROUP]
    assert named == {"lecture": "amenable.lecture.command:lecture"}


def test_another_package_brings_a_command(others, capsys):
    others(lab=LAB)
    assert main(["--help"]) == 0
    assert "Look at networks while they learn." in capsys.readouterr().out
    assert "other_lab" not in sys.modules
    assert main(["lab", "--port", "8001"]) == 7
    assert "listening on 8001" in capsys.readouterr().out
    assert main(["lab", "--help"]) == 0
    assert "Where it listens." in capsys.readouterr().out
    assert main(["lbb"]) == 2
    assert "Did you mean 'lab'?" in capsys.readouterr().err


def test_another_package_brings_a_group_of_commands(others, capsys):
    others(why=GROUPED)
    assert main(["why", "stuck"]) == 0
    assert "a plateau" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def broken(:\n", "SyntaxError"),
        ("1 / 0\n", "ZeroDivisionError"),
        ('"""A docstring."""\n', "AttributeError"),
        ("broken = 3\n", "AttributeError"),
    ],
)
def test_a_broken_command_is_said_in_a_line_and_harms_no_other(others, capsys, text, said):
    others(broken=text, lab=LAB)
    assert main(["--help"]) == 0
    assert "│ lab " in capsys.readouterr().out
    assert main(["lab"]) == 7
    capsys.readouterr()
    assert main(["broken"]) == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "broken: this command of other-lab cannot be loaded from other_broken:broken" in err
    assert said in err


def test_nobody_replaces_a_command_of_the_package(others, capsys):
    others(datasets='"""Mine."""\n\ndef datasets() -> None:\n    print("mine")\n')
    assert main(["datasets"]) == 0
    assert "mine" not in capsys.readouterr().out.splitlines()
