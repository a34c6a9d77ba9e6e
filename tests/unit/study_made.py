"""Blocks put together by hand, for tests of the store: no training."""

import numpy as np

import amenable as am
from amenable import engine
from amenable.population import Configuration, DataSummary
from amenable.study.blocks import Block, BlockResult
from amenable.study.candidates import Candidate
from amenable.study.identity import identity
from amenable.study.store import Keeper, writing

GOAL = "accuracy >= 0.9"
DATA = DataSummary("made", "classification", ("no", "yes"), 2, 160, 40, "f" * 64)


def candidate(width=3, **settings):
    """A configuration of its own for each width."""
    it = Configuration(am.mlp(2, width, 1), am.Training(steps=100, goal=GOAL))
    return Candidate({"hidden": [width], **settings}, it)


def result(ids, candidates, seeds, *, status="solved", final=None, steps=100, **arrays):
    """What became of a block."""
    n = len(ids) * len(seeds)
    configurations = tuple(it.configuration for it in candidates)
    values = np.zeros((n, 2, 2)) if final is None else np.asarray(final, dtype=float)
    names = [status] * n if isinstance(status, str) else status
    return BlockResult(
        Block(1, tuple(ids), configurations, tuple(seeds)),
        np.array([engine.STATUSES.index(it) for it in names], dtype=np.int8),
        np.full(n, steps, dtype=np.int64),
        values,
        {name: tuple(np.asarray(it, dtype=float) for it in them) for name, them in arrays.items()},
        0.5,
    )


class Made:
    """A study's file being written by hand."""

    def __init__(self, writer, keep):
        self.writer, self.keeper = writer, Keeper(keep, DATA)

    def add(self, *candidates):
        found = self.writer.results()
        known = dict(zip(found.configurations, found.ids, strict=True))
        return self.writer.add(candidates, DATA, known)

    def write(self, *args, **more):
        self.writer.write(result(*args, **more), "by hand", self.keeper)


def making(path, keep="none", curves=False):
    """A context in which a `Made` writes."""
    from contextlib import contextmanager

    @contextmanager
    def inner():
        with writing(path, identity(DATA, keep, curves, "")) as writer:
            yield Made(writer, keep)

    return inner()
