"""Sweeps: many networks on some data, and which structures learn it.

plan.py says what is trained (`amenable.space.defaults` where nothing was asked for), header.py says
it aloud, running.py trains it as a study, with or without a file of its own, sweep.py puts together
what was found; words.py says that in sentences, layout.py in columns; suggestion.py says what to do
next.
"""

from amenable.sweep.plan import Plan, make_plan
from amenable.sweep.suggestion import Suggestion
from amenable.sweep.sweep import Sweep, read_study, run_plan, sweep

__all__ = ["Plan", "Suggestion", "Sweep", "make_plan", "read_study", "run_plan", "sweep"]
