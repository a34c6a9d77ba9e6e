"""Parts of a table of trials, and a population as one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.answers.factors import in_words
from amenable.answers.trial_table import TrialTable
from amenable.description import fail
from amenable.engine import STATUSES
from amenable.errors import DataError
from amenable.population import Population
from amenable.population.keys import ALWAYS, value_of, varying_keys


def finished(results: TrialTable) -> TrialTable:
    """The results without configurations that have no trial yet."""
    if not isinstance(results, TrialTable):
        fail("results", "TrialTable", results, "pass what Study(path).results() returns")
    return only(results, np.bincount(results.configuration, minlength=len(results.ids)) > 0)


def only(results: TrialTable, keep: NDArray[np.bool_]) -> TrialTable:
    """The results of some configurations (C,)."""
    if keep.all():
        return results
    places = np.flatnonzero(keep)
    trials = np.flatnonzero(keep[results.configuration])
    return replace(
        results,
        ids=tuple(results.ids[c] for c in places),
        settings=tuple(results.settings[c] for c in places),
        configurations=tuple(results.configurations[c] for c in places),
        configuration=np.searchsorted(places, results.configuration[trials]),
        seed=results.seed[trials],
        status=results.status[trials],
        steps=results.steps[trials],
        goal_step=results.goal_step[trials],
        final=results.final[trials],
    )


def table_of(population: Population) -> TrialTable:
    """A population as a table of trials, so that all answers can be had of it.

    Its settings are structure, activation, optimizer and whatever else, where they vary. After
    Ctrl-C it has the trials of `Population.is_counted`.

    Examples
    --------
    >>> import amenable as am
    >>> networks = [am.mlp(2, width, 1) for width in (2, 4)]
    >>> table_of(am.train(networks, "xor", seeds=3)).settings
    ({'structure': '2-2-1'}, {'structure': '2-4-1'})
    """
    if not isinstance(population, Population):
        fail("population", "a Population", population, "pass what train(...) returns")
    if not len(population):
        raise DataError(where="population", expected="at least one trial", got="none")
    task, pairs = population.data.task, population.configurations
    names = [
        name
        for name in dict.fromkeys((*ALWAYS, *varying_keys(pairs, task)))
        if len({value_of(it, name, task) for it in pairs}) > 1
    ]
    values = [{name: value_of(it, name, task) for name in names} for it in pairs]
    ended = np.flatnonzero(population.is_counted)
    order = ended[np.lexsort((population.seed[ended], population.configuration[ended]))]
    codes = {name: code for code, name in enumerate(STATUSES)}
    return TrialTable(
        data=population.data,
        ids=tuple(range(len(pairs))),
        settings=tuple(_plain(one) for one in values),
        configurations=pairs,
        configuration=population.configuration[order],
        seed=population.seed[order].astype(np.int64),
        status=np.array([codes[it] for it in population.status[order].tolist()], dtype=np.int8),
        steps=population.steps[order],
        goal_step=population.goal_step[order],
        final=population.final[order],
        n_splits=population.data.n_splits,
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Settings that are numbers or texts, without those that an optimizer lacks."""
    return {
        name: it if isinstance(it, int | float | str) else in_words(it)
        for name, it in values.items()
        if it is not None
    }
