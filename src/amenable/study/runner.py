"""Rounds of a study: ask the policy what is missing, cut it into blocks, have them trained, write.

Nothing that a decision needs lives here only: what was written and what is known are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np

from amenable.answers.trial_table import TrialTable
from amenable.description import quote
from amenable.errors import DescriptionError
from amenable.progress import Progress, Watch, show_progress
from amenable.space.candidate import Candidate
from amenable.study.block_size import BlockSize, MissingTrials, cut_blocks
from amenable.study.blocks import BlockResult
from amenable.study.executors.base import Executor
from amenable.study.policies import Policy
from amenable.study.requests import TrialRequest
from amenable.study.store import Keeper, Writer

LARGEST_SEED = 2**63 - 1  # that an SQLite integer holds


@dataclass(slots=True)
class Runner:
    """Runs a study to its end, or until Ctrl-C.

    Parameters
    ----------
    writer : Writer
        The store.
    executor : Executor
        Open.
    keeper : Keeper
        Of which trials arrays are kept.
    block_size : BlockSize
        How large blocks are.
    progress : bool or function
        As `train` takes it.
    """

    writer: Writer
    executor: Executor
    keeper: Keeper
    block_size: BlockSize
    progress: Progress = None
    n_trials: int = 0
    n_blocks: int = 0
    seconds: float = 0.0
    results: TrialTable = field(init=False)  # all that is in the store
    _numbers: dict[int, tuple[int, Candidate]] = field(default_factory=dict)  # by identity

    def __post_init__(self) -> None:
        self.results = self.writer.results()
        self.keeper.remember(self.results)

    def run(self, policy: Policy, candidates: Sequence[Candidate]) -> None:
        """Round after round, until nothing is missing.

        Raises
        ------
        KeyboardInterrupt
            On Ctrl-C; what is finished is in the store.
        """
        self._register(candidates)
        with show_progress(self.progress) as tell:
            while wanted := self._missing(policy.requests(self.results, candidates)):
                total = sum(len(it.seeds) for it in wanted)
                self.writer.say(planned=str(len(self.results) + total), is_complete="0")
                self._round(wanted, self._counting(tell, total))
        self.writer.say(planned=str(len(self.results)), is_complete="1")

    def _register(self, candidates: Sequence[Candidate]) -> None:
        """Know the numbers of all these; add what is new to the store and to the results."""
        different = {id(it): it for it in candidates if id(it) not in self._numbers}
        if not different:
            return
        meaning = self.results.data.meaning
        described = map(meaning, self.results.configurations)
        known = dict(zip(described, self.results.ids, strict=True))
        numbers = self.writer.add(list(different.values()), self.results.data, known)
        new: dict[int, Candidate] = {}
        for number, it in zip(numbers, different.values(), strict=True):
            self._numbers[id(it)] = (number, it)
            if meaning(it.configuration) not in known:
                new.setdefault(number, it)
        if new:
            order = sorted(new)
            self.results = self.results.with_configurations(
                order, [new[n].settings for n in order], [new[n].configuration for n in order]
            )

    def _missing(self, requests: Sequence[TrialRequest]) -> list[MissingTrials]:
        """What is asked for and not there: by number of the configuration, each trial once."""
        if not requests:
            return []
        self._register([it.candidate for it in requests])
        place = {number: i for i, number in enumerate(self.results.ids)}
        slices = self.results.slices()
        wanted: dict[int, MissingTrials] = {}
        for it in requests:
            number, _ = self._numbers[id(it.candidate)]
            present = self.results.seed[slices[place[number]]]
            seeds: Sequence[int] = _checked(it.seeds)
            if number in wanted:  # the same configuration by two names
                present = np.union1d(present, np.array(wanted[number].seeds, np.int64))
            if len(present):
                seeds = np.setdiff1d(np.array(seeds, dtype=np.int64), present).tolist()
            if number in wanted:
                seeds = sorted([*wanted[number].seeds, *seeds])
            if seeds:
                wanted[number] = MissingTrials(number, it.candidate.configuration, seeds)
        return list(wanted.values())

    def _round(self, wanted: Sequence[MissingTrials], watch: Callable[[int], None] | None) -> None:
        finished: list[BlockResult] = []
        try:
            for result in self._trained(wanted, watch):
                self.writer.write(result, self.executor.describe(), self.keeper)
                finished.append(replace(result, arrays={}))
                self._count(result)
        finally:
            self.results = _with_blocks(self.results, finished)

    def _count(self, result: BlockResult) -> None:
        self.block_size.learn(result)
        self.n_trials += result.block.n_trials
        self.n_blocks += 1
        self.seconds += result.seconds

    def _trained(
        self, wanted: Sequence[MissingTrials], watch: Callable[[int], None] | None
    ) -> Iterator[BlockResult]:
        """Results as they come; where the caller stops, so does the executor."""
        results = self.executor.run(cut_blocks(wanted, self.block_size), watch)
        with closing(results):  # type: ignore[type-var]
            yield from results

    def _counting(self, tell: Watch | None, total: int) -> Callable[[int], None] | None:
        """Tells how many trials are finished: of all rounds of this run together."""
        if tell is None:
            return None
        before = self.n_trials
        return lambda n: tell(before + n, before + total)


def _with_blocks(results: TrialTable, blocks: Sequence[BlockResult]) -> TrialTable:
    """The trials with those of blocks that were finished since."""
    if not blocks:
        return results
    ids = np.array(results.ids, dtype=np.int64)
    return results.with_trials(
        np.concatenate(
            [np.repeat(np.searchsorted(ids, it.block.ids), len(it.block.seeds)) for it in blocks]
        ),
        np.concatenate(
            [np.tile(np.array(it.block.seeds, np.int64), len(it.block.ids)) for it in blocks]
        ),
        np.concatenate([it.status for it in blocks]),
        np.concatenate([it.steps for it in blocks]),
        np.concatenate([it.goal_step for it in blocks]),
        np.concatenate([it.final for it in blocks]),
    )


def _checked(seeds: Sequence[int]) -> Sequence[int]:
    """Seeds, which ascend, that a store can hold."""
    for it in (seeds[0], seeds[-1]) if len(seeds) else ():
        if not 0 <= it <= LARGEST_SEED:
            raise DescriptionError(
                where="seeds", expected="integers from 0 to 2**63 - 1 in a study", got=quote(it)
            )
    return seeds
