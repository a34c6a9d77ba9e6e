"""The table of settings is whole, and its page and options are made of it."""

import inspect
import runpy
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from amenable.cli.settings import with_settings
from amenable.network import mlp
from amenable.settings import SETTINGS, sentences
from amenable.training import OPTIMIZERS, SCHEDULES, Training

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("one", SETTINGS.values(), ids=lambda one: one.name)
def test_every_setting_has_help_of_one_sentence(one):
    assert 15 < len(one.help) < 200 and one.help.endswith(".")
    assert one.help[0].isupper() and "`" not in one.help


def test_every_field_is_a_setting():
    names = {it.name for it in fields(Training)}
    names |= {it.name for make in OPTIMIZERS.values() for it in fields(make())}
    names |= {it.name for one in SCHEDULES.values() for it in fields(one)}
    names |= {name for name in inspect.signature(mlp).parameters if name != "widths"}
    assert names <= set(SETTINGS)


def test_the_page_is_what_the_table_says():
    made = runpy.run_path(str(DOCS / "settings.py"))["page"]()
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == made, "run docs/settings.py"


def test_every_setting_is_an_option():
    @with_settings(without=["network"])
    def command(data: str, **settings: Any) -> None:
        """A command."""

    infos = [
        it.annotation.__metadata__[0]
        for it in inspect.signature(command).parameters.values()
        if it.name != "data"
    ]
    given = {
        one.default for one in infos
    }  # where Typer keeps the first name of an Annotated option
    assert given == {one.option for name, one in SETTINGS.items() if name != "network"}


def test_the_first_sentence_about_each_name_of_a_docstring():
    def made() -> None:
        """Made.

        Parameters
        ----------
        a, b : int
            Both of `them`. And more.
        *rest : str
            What is left, e.g. in two
            lines.

        Returns
        -------
        c : int
            No parameter.
        """

    assert sentences(made) == {
        "a": "Both of them.",
        "b": "Both of them.",
        "rest": "What is left, e.g. in two lines.",
    }
