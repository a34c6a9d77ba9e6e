"""Spaces of settings: what varies, over which values, how points are drawn, what they build.

settings.py knows every setting by name, parts.py writes optimizers and schedules as text, ranges.py
and entries.py hold the values of one setting, conditions.py says what settings ask of each other,
space.py puts them together, draws.py takes points, builder.py makes networks and trainings of them;
defaults.py says what an expert would choose.
"""

from amenable.space.builder import candidates
from amenable.space.entries import when
from amenable.space.ranges import integer_range, linear_range, log_range
from amenable.space.space import Space

__all__ = [
    "Space",
    "candidates",
    "integer_range",
    "linear_range",
    "log_range",
    "when",
]
