"""The command `amenable`. One file per command: parse, call, print.

sweep.py is a chain: request.py is what was typed, plan.py what will run (study/defaults.py where
nothing was typed), header.py says it, findings.py counts what became of it, table.py, verdict.py
and suggestion.py say that, export.py writes it down; where trials are kept, study_plan.py,
study_sweep.py and what study.py shows. Heavy modules are imported where they are
used, so that help is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from amenable.cli import datasets, digits, draw, lecture, predict, report, study, sweep
from amenable.cli.screen import INTERRUPTED, fail, forgive_encoding
from amenable.errors import AmenableError

__all__ = ["app", "main"]

FAILED = 1  # exit status where the output could not be written
WRONG = 2  # where what was asked for cannot be done
# Its module is another in older versions of typer.
UsageError: type[Any] = typer.BadParameter.__bases__[0]

ABOUT = (
    "Train thousands of small neural networks at once, and see which structures learn a problem."
    "\n\nA network can approximate any function; that does not mean that it will. So every "
    "question is asked of many networks, and the answer is a fraction with an interval."
)

app = typer.Typer(
    name="amenable",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
STUDY_COMPARE = "study compare"  # one command, in two words: `study FILE` is another
COMMANDS = ("sweep", "study", "report", "draw", "digits", "predict", "lecture", "datasets")
app.command(help=sweep.HELP, epilog=sweep.EXAMPLES)(sweep.sweep)
app.command(help=study.HELP, epilog=study.EXAMPLES)(study.study)
app.command(STUDY_COMPARE, help=study.HELP_COMPARE)(study.compare)
app.command(help=report.HELP, epilog=report.EXAMPLES)(report.report)
app.command(help=draw.HELP, epilog=draw.EXAMPLES)(draw.draw)
app.command(help=digits.HELP, epilog=digits.EXAMPLES)(digits.digits)
app.command(help=predict.HELP, epilog=predict.EXAMPLES)(predict.predict)
app.command(help=lecture.HELP, epilog=lecture.EXAMPLES)(lecture.lecture)
app.command()(datasets.datasets)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from amenable.version import package_version

        print(f"amenable {package_version()}")
        raise typer.Exit


@app.callback(help=ABOUT, epilog="Try [cyan]amenable sweep digits[/cyan].")
def _amenable(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options of all commands."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command; ``sys.argv`` by default.

    Examples
    --------
    >>> main(["sweep", "no-such-data"])
    2
    """
    forgive_encoding()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:2] == STUDY_COMPARE.split():
        given[:2] = [STUDY_COMPARE]
    try:
        status = app(given or ["--help"], prog_name="amenable", standalone_mode=False)
    except AmenableError as error:
        fail(str(error))
        return WRONG
    except UsageError as error:
        message = error.format_message()
        fail(message if "Did you mean" in message else message + _hint(given))
        return WRONG
    except BrokenPipeError:  # nobody reads any more
        return FAILED
    except OSError as error:  # of the machine, such as a file that may not be read
        fail(": ".join(str(it) for it in (error.filename, error.strerror or error) if it))
        return WRONG
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return status if isinstance(status, int) else 0


def _hint(given: Sequence[str]) -> str:
    """What to do where the data stands in the place of the command, or is missing."""
    if given == ["sweep"]:
        return " `amenable datasets` lists what is built in; or give a file."
    if given[:1] == [STUDY_COMPARE]:
        return " Write: amenable study compare A B"
    words = [word for word in given if not word.startswith("-")]
    if words and words[0] not in COMMANDS:
        return f" To learn data, write: amenable sweep {words[0]}"
    return ""
