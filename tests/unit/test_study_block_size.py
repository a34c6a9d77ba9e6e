"""Requests cut into blocks: every trial once, about a second each, and not more than fits."""

import numpy as np
import pytest
from study_made import result

import amenable as am
from amenable.engine import Recording
from amenable.population import Configuration
from amenable.space.candidate import Candidate
from amenable.study import block_size
from amenable.study.block_size import BlockSize, MissingTrials, cut_blocks
from amenable.study.blocks import BlockResult

NONE = Recording(weights=False)


def wanted(*lengths, width=4, steps=100):
    """A configuration for each number of seeds."""
    return [
        MissingTrials(
            i + 1, Configuration(am.mlp(2, width, 1), am.Training(steps=steps, l2=i / 100)), it
        )
        for i, it in enumerate(range(n) if isinstance(n, int) else n for n in lengths)
    ]


def trials(blocks):
    return [(id_, seed) for it in blocks for id_ in it.ids for seed in it.seeds]


def sized(n_trials, it, record=NONE, n_samples=100, threads=1):
    """A block size at which so many trials make a block."""
    found = BlockSize(n_samples, record, threads)
    found.is_measured = True
    found.rate = found.work(it.configuration) * (n_trials + 0.5)
    return found


def small_registers(monkeypatch):
    """Blocks may be as small as one trial."""
    monkeypatch.setattr(block_size, "REGISTER", 1)
    monkeypatch.setattr(block_size, "ROUNDS", 1)


@pytest.mark.parametrize("room", [1, 3, 70, 1000, 10**6])
def test_every_trial_once(monkeypatch, room):
    small_registers(monkeypatch)
    asked = wanted(5, 5, 200, 1, [3, 9], [3, 9], 5, 7)
    blocks = list(cut_blocks(asked, sized(room, asked[0])))
    expected = [(it.id, seed) for it in asked for seed in it.seeds]
    found = trials(blocks)
    assert len(found) == len(expected)
    assert sorted(found) == sorted(expected)
    assert [it.number for it in blocks] == list(range(1, len(blocks) + 1))
    for block in blocks:
        assert list(block.seeds) == sorted(set(block.seeds))
        assert len(set(block.ids)) == len(block.ids)
        assert block.n_trials <= room


def test_configurations_of_the_same_seeds_share_a_block(monkeypatch):
    small_registers(monkeypatch)
    seeds = range(10)
    asked = wanted(*[seeds] * 25)
    assert [len(it.ids) for it in cut_blocks(asked, sized(100, asked[0]))] == [10, 10, 5]
    monkeypatch.setattr(block_size, "MOST_CONFIGURATIONS", 4)
    assert {len(it.ids) for it in cut_blocks(asked, sized(100, asked[0]))} == {4, 1}


def test_many_seeds_are_cut_evenly_into_full_registers():
    (asked,) = wanted(1000)
    sizes = [len(it.seeds) for it in cut_blocks([asked], sized(300, asked))]
    assert sizes[0] == 256
    assert sizes == sorted(sizes, reverse=True)  # smaller ones at the end
    assert all(size % block_size.REGISTER == 0 for size in sizes[:-1])
    assert sizes[-1] < sizes[0] / 2


def test_long_trials_come_in_full_registers_unless_that_takes_too_long():
    (asked,) = wanted(10_000)
    it, full = asked.configuration, block_size.REGISTER * 2
    assert sized(100, asked, threads=2).room(it) == block_size.ROUNDS * full
    assert sized(10, asked, threads=2).room(it) == int(10.5 * block_size.ROUNDS_S)
    assert sized(0, asked, threads=2).room(it) == full  # fewer would take as long
    assert sized(0, asked).room(it) == block_size.REGISTER


def test_what_the_engine_trains_side_by_side_comes_together(monkeypatch):
    small_registers(monkeypatch)
    networks = [am.mlp(2, width, 1) for width in (3, 4)]
    optimizers = [am.Adam(0.1), am.SGD(0.1), am.Adam(0.2)]
    asked = [
        MissingTrials(i, Configuration(networks[i % 2], am.Training(optimizers[i % 3])), range(8))
        for i in range(12)
    ]
    blocks = list(cut_blocks(asked, sized(16, asked[1])))
    assert [it.ids for it in blocks] == [(0, 2), (6, 8), (1, 7), (3, 5), (9, 11), (4, 10)]


def test_a_guess_makes_smaller_blocks():
    (asked,) = wanted(10_000)
    it = BlockSize(100, NONE)
    it.rate = it.work(asked.configuration) * 1000.5
    assert it.room(asked.configuration) == int(1000.5 * block_size.FIRST_S)
    it.rate *= 10**9
    assert it.room(asked.configuration) == block_size.MOST_TRIALS


def test_arrays_bound_a_block():
    (asked,) = wanted(10_000, width=1000, steps=10_000)
    plenty = sized(10**6, asked).room(asked.configuration)
    weights = sized(10**6, asked, Recording(weights=True)).room(asked.configuration)
    curves = sized(10**6, asked, Recording(weights=True, curves=True)).room(asked.configuration)
    assert plenty == block_size.MOST_TRIALS
    assert curves < weights < plenty
    assert weights == block_size.MOST_BYTES // (8 * (8 + asked.configuration.network.n_parameters))


def test_blocks_are_made_when_they_are_asked_for():
    (asked,) = wanted(20_000)
    it = sized(300, asked)
    blocks = cut_blocks([asked], it)
    first = next(blocks)
    it.rate *= 10  # so many times as fast as was thought
    assert next(blocks).n_trials > 5 * first.n_trials


def test_the_rate_is_that_of_results():
    asked = wanted(4, 4)
    it = BlockSize(100, NONE)
    guess = it.rate
    candidates = [Candidate({}, each.configuration) for each in asked]
    made = result([1, 2], candidates, [0, 1])
    block = BlockResult(made.block, made.status, made.steps, made.final, {}, seconds=2.0)
    it.learn(block)
    work = sum(2 * it.work(each.configuration) for each in asked)
    assert it.is_measured
    assert it.rate == pytest.approx(work / 2)
    assert it.rate != guess
    it.learn(BlockResult(made.block, made.status, made.steps, made.final, {}, seconds=0.0))
    assert np.isfinite(it.rate)


def test_work_grows_with_what_is_computed():
    it = BlockSize(100, NONE)

    def work(network, **training):
        return it.work(Configuration(network, am.Training(**training)))

    small = work(am.mlp(2, 100, 1), steps=1000)
    assert work(am.mlp(2, 100, 1), steps=2000) == pytest.approx(2 * small, rel=0.1)
    assert work(am.mlp(2, 100, 1), steps=1000, batch="full") == pytest.approx(
        small * 100 / 32, rel=0.1
    )
    assert work(am.mlp(2, 100, 100, 1), steps=1000) > 20 * small
    assert work(am.lenet1989(), steps=10) > 1e6  # 64,660 connections share 9,760 parameters


def test_ten_million_trials_are_never_listed():
    asked = wanted(10_000_000)
    it = sized(20_000, asked[0])
    blocks = cut_blocks(asked, it)
    assert [next(blocks).n_trials for _ in range(3)] == [20_000] * 3
