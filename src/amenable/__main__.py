"""The command `amenable`, also as `python -m amenable`.

Nothing is imported here before Ctrl-C is expected: the other modules take a part of a second.
"""

import sys

INTERRUPTED = 130  # the exit status that shells expect after Ctrl-C


def main() -> int:
    """Run the command; returns the exit status."""
    try:
        from amenable.cli import main as command

        return command()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
