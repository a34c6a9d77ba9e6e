"""Blocks put together by hand, for tests of the store: no training."""

import sqlite3
from contextlib import closing

import numpy as np

import amenable as am
from amenable import engine
from amenable.population import Configuration, DataSummary
from amenable.space.candidate import Candidate
from amenable.study.blocks import Block, BlockResult
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
    values = np.full((n, 3, 2), np.nan)
    values[:, :2] = 0 if final is None else final
    names = [status] * n if isinstance(status, str) else status
    is_solved = np.array([it == "solved" for it in names])
    return BlockResult(
        Block(1, tuple(ids), configurations, tuple(seeds)),
        np.array([engine.STATUSES.index(it) for it in names], dtype=np.int8),
        np.full(n, steps, dtype=np.int64),
        np.where(is_solved, steps, -1),
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
        known = dict(zip(map(DATA.meaning, found.configurations), found.ids, strict=True))
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


def made_two(path):
    """A study of two configurations with three seeds each; its path."""
    with making(path) as it:
        pair = [candidate(3, lr=0.1), candidate(4, lr=0.2)]
        it.write(it.add(*pair), pair, [0, 1, 2], status=["solved", "exhausted", "diverged"] * 2)
    return path


def ask(path, question):
    """What another program reads."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()
