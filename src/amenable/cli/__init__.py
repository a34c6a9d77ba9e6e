"""The command `amenable`. A command is one module: parse, call, print.

commands.py finds the commands by name and imports the one that is called; other packages add
commands by an entry point. options.py and settings.py make the options that commands share.
request.py is what was typed, plan.py what will run; table.py and screen.py print, export.py writes
files.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from amenable.cli.commands import RICH, Commands, points
from amenable.cli.screen import INTERRUPTED, fail, settle_streams
from amenable.errors import AmenableError

__all__ = ["app", "main"]

FAILED = 1  # exit status where the output could not be written
WRONG = 2  # where what was asked for cannot be done

ABOUT = (
    "Train thousands of small neural networks at once, and see which structures learn a problem."
    "\n\nA network can approximate any function; that does not mean that it will. So every "
    "question is asked of many networks, and the answer is a fraction with an interval."
)

app = typer.Typer(
    name="amenable",
    cls=Commands,
    add_completion=False,
    rich_markup_mode=RICH,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    settle_streams()
    os.environ["MPLBACKEND"] = "agg"  # no window is opened, and a notebook's is not found here
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(given or ["--help"], prog_name="amenable", standalone_mode=False)
    except AmenableError as error:
        fail(str(error))
        return WRONG
    except BrokenPipeError:  # nobody reads any more
        return FAILED
    except OSError as error:  # of the machine, such as a file that may not be read
        fail(": ".join(str(it) for it in (error.filename, error.strerror or error) if it))
        return WRONG
    except MemoryError as error:
        fail(
            f"the memory does not suffice ({error or 'of this machine'}); try smaller networks, "
            "fewer seeds or fewer samples"
        )
        return WRONG
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        # What Typer raises where words are wrong; its class is not public in all versions.
        if not hasattr(error, "format_message"):
            raise
        message = error.format_message()
        fail(message if "Did you mean" in message else message + _hint(given))
        return WRONG
    return status if isinstance(status, int) else 0


def _hint(given: Sequence[str]) -> str:
    """What to do where the data stands in the place of the command, or is missing."""
    if given == ["sweep"]:
        return " `amenable datasets` lists what is built in; or give a file."
    if given[:2] == ["study", "compare"] or given[:1] == ["compare"]:
        return " Write: amenable compare A B"
    words = [word for word in given if not word.startswith("-")]
    if words and words[0] not in points():
        return f" To learn data, write: amenable sweep {words[0]}"
    return ""
