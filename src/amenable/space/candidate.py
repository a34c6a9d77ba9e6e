"""`Candidate`: a point of a space, and what it means for some data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amenable.population.keys import Configuration


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A configuration, and the settings of the space that it was made from.

    Parameters
    ----------
    settings : mapping of str to JSON value
        As drawn from the space, and as tables name them: {"hidden": [8, 8], "lr": 0.01}.
    configuration : Configuration
        The network and the training that they make for the study's data.
    """

    settings: Mapping[str, Any]
    configuration: Configuration
