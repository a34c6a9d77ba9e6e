"""Training for experiments: without a bar of its own, and Ctrl-C ends the experiment."""

from __future__ import annotations

from typing import Any

from amenable import population
from amenable.population import Population


def train(*arguments: Any, **options: Any) -> Population:
    """`amenable.train`, all of it or none.

    An experiment on a part of its trials would say something else than it means to.

    Raises
    ------
    KeyboardInterrupt
        If training was interrupted.
    """
    found = population.train(*arguments, **{"progress": False} | options)
    if found.is_cancelled:
        raise KeyboardInterrupt
    return found
