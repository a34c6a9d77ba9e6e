"""`python -m amenable`, the same as the command `amenable`."""

import sys

from amenable.cli import main

if __name__ == "__main__":
    sys.exit(main())
