"""Training for experiments: without a bar of its own, and Ctrl-C ends the experiment."""

from __future__ import annotations

from typing import Any

import amenable as am


def train(*arguments: Any, **options: Any) -> am.Population:
    """`amenable.train`, all of it or none.

    An experiment on a part of its trials would say something else than it means to.

    Raises
    ------
    KeyboardInterrupt
        If training was interrupted.
    """
    found = am.train(*arguments, **{"progress": False} | options)
    if found.is_cancelled:
        raise KeyboardInterrupt
    return found
