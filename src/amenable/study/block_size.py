"""Requests cut into blocks of about a second; how many trials that is, is learned from results."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from amenable import encoding
from amenable.answers.cost import multiply_adds_per_step
from amenable.engine import Recording
from amenable.population.keys import Configuration
from amenable.study.blocks import Block, BlockResult

BLOCK_S = 1.0  # long beside a transaction or a message (ms), short beside what a lost machine costs
FIRST_S = 0.1  # while the rate is a guess, which may be ten times wrong
RATE = 1e10  # multiply-adds a second, at first
WEIGHT = 0.5  # of the newest block in the running mean of the rate
REGISTER = 16  # trials that a thread trains in the time of one, at most
ROUNDS = 8  # of registers, after which their last trials keep others waiting for little; worth
ROUNDS_S = 8.0  # at most so long a block
MOST_TRIALS = 100_000  # of a block: its rows are written in about a tenth of a second
MOST_CONFIGURATIONS = 1_000  # of a block: each has to be described to the core
MOST_BYTES = 64 * 2**20  # of the arrays that a block leaves
SMALLEST = 4  # the last blocks of a configuration are no smaller than such a part
OF_A_TRIAL = 1e5  # multiply-adds that would take as long as a trial's start, end and row


@dataclass(frozen=True, slots=True)
class MissingTrials:
    """Trials to run: a configuration in the store, and the seeds that it lacks."""

    id: int
    configuration: Configuration
    seeds: Sequence[int]


class BlockSize:
    """How many trials make a block of about a second.

    Parameters
    ----------
    n_samples : int
        Training samples.
    record : Recording
        What trials leave behind.
    threads : int
        That train a block.
    """

    def __init__(self, n_samples: int, record: Recording, threads: int = 1) -> None:
        self.n_samples = n_samples
        self.record = record
        self.at_once = REGISTER * threads
        self.rate = RATE
        self.is_measured = False

    def work(self, it: Configuration) -> float:
        """Multiply-adds of a trial that uses its whole budget; a goal may end it sooner."""
        steps = encoding.budget(it.training, self.n_samples)
        return multiply_adds_per_step(it, self.n_samples) * steps + OF_A_TRIAL

    def room(self, it: Configuration) -> int:
        """Trials of a configuration that fill a block."""
        per_second = self.rate / self.work(it)
        if self.is_measured:
            n_trials = max(per_second * BLOCK_S, min(ROUNDS * self.at_once, per_second * ROUNDS_S))
        else:
            n_trials = per_second * FIRST_S
        n_trials = max(n_trials, self.at_once)  # fewer would take as long
        return max(int(min(n_trials, MOST_TRIALS, MOST_BYTES / self._bytes(it))), 1)

    def learn(self, result: BlockResult) -> None:
        """Take the rate from a block that is finished: goals and machines are in it."""
        block = result.block
        work = sum(self.work(it) for it in block.configurations) * len(block.seeds)
        rate = work / max(result.seconds, 1e-6)
        # A mean of logarithms: a rate may be off by orders, either way.
        weight = WEIGHT if self.is_measured else 1.0
        self.rate = math.exp((1 - weight) * math.log(self.rate) + weight * math.log(rate))
        self.is_measured = True

    def _bytes(self, it: Configuration) -> float:
        """Of a trial in memory, with its arrays."""
        n_numbers = 8.0
        if self.record.weights:
            n_numbers += it.network.n_parameters
        if self.record.curves:
            n_numbers += 4 * len(encoding.probes(it.training, self.n_samples, True))
        return 8 * n_numbers


def cut_blocks(wanted: Iterable[MissingTrials], block_size: BlockSize) -> Iterator[Block]:
    """Blocks, each made when it is asked for, so that it knows of the results before it."""
    number = 0
    gathered: list[MissingTrials] = []
    left = 0.0  # share of a block that has room
    for it in _alike_together(wanted):
        share = len(it.seeds) / block_size.room(it.configuration)
        if gathered and (share > left or not _fits(gathered, it)):
            number += 1
            yield _block(number, gathered, gathered[0].seeds)
            gathered = []
        if share > 1:
            for seeds in _slices(it, block_size):
                number += 1
                yield _block(number, [it], seeds)
            continue
        left = (left if gathered else 1.0) - share
        gathered.append(it)
    if gathered:
        yield _block(number + 1, gathered, gathered[0].seeds)


def _alike_together(wanted: Iterable[MissingTrials]) -> Iterator[MissingTrials]:
    """Configurations that the engine trains side by side, one after the other.

    Those that differ in numbers only, as rates, fill its registers together.
    """
    kinds: dict[Hashable, list[MissingTrials]] = {}
    for it in wanted:
        network, training = it.configuration
        kind = (network, training.optimizer.name, training.schedule.name, training.batch)
        kinds.setdefault(kind, []).append(it)
    return chain.from_iterable(kinds.values())


def _fits(gathered: Sequence[MissingTrials], it: MissingTrials) -> bool:
    """Whether a configuration wants the seeds of those gathered, and may join them."""
    seeds = gathered[0].seeds
    n_trials = (len(gathered) + 1) * len(seeds)
    is_small = len(gathered) < MOST_CONFIGURATIONS and n_trials <= MOST_TRIALS
    return is_small and (seeds is it.seeds or seeds == it.seeds)


def _slices(it: MissingTrials, block_size: BlockSize) -> Iterator[Sequence[int]]:
    """Seeds of one configuration in about equal parts, each as large as is right by then."""
    start, n = 0, len(it.seeds)
    while start < n:
        room = block_size.room(it.configuration)
        unit = min(block_size.at_once, room)
        # Smaller ones at the end, so that the last keeps nobody waiting for long.
        room = min(room, max((n - start) // 2, room // SMALLEST, ROUNDS * unit))
        parts = math.ceil((n - start) / (room // unit * unit))
        size = math.ceil((n - start) / parts / unit) * unit
        yield it.seeds[start : start + size]
        start += size


def _block(number: int, gathered: Sequence[MissingTrials], seeds: Sequence[int]) -> Block:
    return Block(
        number,
        tuple(it.id for it in gathered),
        tuple(it.configuration for it in gathered),
        tuple(seeds),
    )
