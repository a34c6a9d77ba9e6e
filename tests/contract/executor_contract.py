"""The promises of `Executor`, as a suite that each implementation inherits.

A subclass has a fixture `executor`, not open. `blocks` are cheap: what is tested is who trains
what when, and that the numbers are those of this process.
"""

from contextlib import closing

import numpy as np
import pytest

import amenable as am
from amenable.engine import Recording
from amenable.errors import DescriptionError
from amenable.population import Configuration, DataSummary
from amenable.study.blocks import Block
from amenable.study.store import Keeper
from amenable.study.work import train_block

DATA = am.load("xor")
RECORD = Recording(weights=True, curves=True)
TRAINING = am.Training(steps=60, goal="accuracy >= 1", probe_every=20)
CONFIGURATIONS = tuple(
    Configuration(am.mlp(2, *hidden, 1, activation=activation), TRAINING)
    for hidden in ((3,), (4, 2))
    for activation in ("tanh", "relu")
)
ALIEN = Configuration(am.mlp(3, 2, 1), TRAINING)  # for three inputs; the data has two


def block(number, seeds=(0, 1, 2), configurations=CONFIGURATIONS):
    """A block of all configurations; by its number its seeds are its own."""
    ids = tuple(range(1, len(configurations) + 1))
    return Block(number, ids, configurations, tuple(it + 10 * number for it in seeds))


def small(number):
    """A block of one trial."""
    return block(number, (0,), CONFIGURATIONS[:1])


def same(result, expected):
    """Whether two results agree to the bit."""
    assert result.block == expected.block
    np.testing.assert_array_equal(result.status, expected.status)
    np.testing.assert_array_equal(result.steps, expected.steps)
    np.testing.assert_array_equal(result.final.view(np.uint64), expected.final.view(np.uint64))
    assert set(result.arrays) == set(expected.arrays)
    for name, arrays in expected.arrays.items():
        for one, other in zip(result.arrays[name], arrays, strict=True):
            np.testing.assert_array_equal(one.view(np.uint64), other.view(np.uint64))
    return True


def check(results, blocks):
    """Nothing lost, nothing twice, and every bit as trained here."""
    assert sorted(it.block.number for it in results) == [it.number for it in blocks]
    expected = {it.number: train_block(it, DATA, RECORD, threads=1) for it in blocks}
    assert all(same(it, expected[it.block.number]) for it in results)


class ExecutorContract:
    """What every executor must do."""

    @pytest.fixture
    def opened(self, executor):
        with executor:
            executor.open(DATA, RECORD, threads=1)
            yield executor

    def test_results_are_those_of_this_process(self, opened):
        blocks = [block(number) for number in range(7)]
        results = list(opened.run(iter(blocks)))
        check(results, blocks)
        assert all(it.seconds > 0 for it in results)
        assert all(it.status.dtype == np.int8 for it in results)

    def test_seeds_may_be_large_and_a_range(self, opened):
        top = 2**63 - 1
        blocks = [
            Block(0, (1,), CONFIGURATIONS[:1], (top - 1, top)),
            Block(1, (1,), CONFIGURATIONS[:1], range(3)),
        ]
        check(list(opened.run(blocks)), blocks)

    def test_results_are_the_callers_own(self, opened):
        many = Block(0, (1,), CONFIGURATIONS[:1], range(5000))
        (result,) = opened.run([many])
        check([result], [many])
        for array in (result.status, result.steps, result.final):
            assert array.flags.writeable
            array[:] = 0

    def test_repeated_splits_are_trained_as_here(self, executor):
        splits = am.RepeatedSplits.load("iris", splits=3)
        configurations = (Configuration(am.mlp(4, 3, 3), am.Training(steps=30)),)
        wanted = block(0, range(6), configurations)
        with executor:
            executor.open(splits, RECORD, threads=1)
            (result,) = executor.run([wanted])
        assert same(result, train_block(wanted, splits, RECORD))

    def test_of_the_best_the_arrays_may_be_enough(self, executor):
        data = am.load("moons")
        configurations = tuple(
            Configuration(am.mlp(2, 3, 1, activation=it), am.Training(epochs=5))
            for it in ("tanh", "relu")
        )
        blocks = [block(number, range(40), configurations) for number in range(3)]
        with executor:
            executor.open(data, RECORD, threads=1, keep="best")
            results = sorted(executor.run(blocks), key=lambda it: it.block.number)
        ours, theirs = (Keeper("best", DataSummary.of(data)) for _ in range(2))
        for result in results:
            whole = train_block(result.block, data, RECORD)
            assert set(result.arrays) == set(whole.arrays)
            for kept, expected in zip(ours.choose(result), theirs.choose(whole), strict=True):
                assert (kept.configuration, kept.seed) == (expected.configuration, expected.seed)
                for name, (rows, dtype) in expected.arrays.items():
                    assert kept.arrays[name][1] == dtype
                    np.testing.assert_array_equal(kept.arrays[name][0], rows)

    def test_nothing_to_do(self, opened):
        assert list(opened.run([])) == []

    def test_blocks_are_taken_when_there_is_room(self, opened):
        taken = received = most = 0

        def endless():
            nonlocal taken, most
            for number in range(10_000):
                taken += 1
                most = max(most, taken - received)
                yield small(number)

        with closing(opened.run(endless())) as results:
            for _ in results:
                received += 1
                if received == 300:
                    break
        assert most <= opened.n_slots
        assert taken <= 300 + opened.n_slots

    def test_watch_counts_up_to_the_end(self, opened):
        blocks = [block(number) for number in range(5)]
        told = []
        for _ in opened.run(blocks, told.append):
            pass
        assert told == sorted(told)
        assert told[-1] == sum(it.n_trials for it in blocks)

    def test_an_error_of_a_block_is_raised(self, opened):
        blocks = [small(0), block(1, configurations=(ALIEN,)), small(2)]
        results = []
        with pytest.raises(DescriptionError, match="expected 2 inputs, as in 'xor', got 3"):
            results.extend(opened.run(blocks))
        assert all(it.block.number != 1 for it in results)
        check(list(opened.run([small(5)])), [small(5)])  # and it goes on

    def test_an_error_of_the_iterable_is_raised(self, opened):
        def failing():
            yield small(0)
            raise OSError("the store is gone")

        with pytest.raises(OSError, match="the store is gone"):
            list(opened.run(failing()))
        check(list(opened.run([small(5)])), [small(5)])

    def test_ctrl_c_gives_up_what_runs(self, opened):
        def pressed(n_finished):
            if n_finished:
                raise KeyboardInterrupt

        results = []
        with pytest.raises(KeyboardInterrupt):
            for it in opened.run((small(number) for number in range(10_000)), pressed):
                results.append(it)
        assert len(results) < 100
        check(list(opened.run([small(5)])), [small(5)])

    def test_a_closed_generator_takes_no_more(self, opened):
        taken = []
        results = opened.run(taken.append(number) or small(number) for number in range(10_000))
        next(results)
        results.close()
        n_taken = len(taken)
        assert n_taken <= opened.n_slots + 1
        check(list(opened.run([small(5)])), [small(5)])
        assert len(taken) == n_taken

    def test_close_may_be_called_twice(self, executor):
        executor.close()
        executor.open(DATA, RECORD, threads=1)
        executor.close()
        executor.close()

    def test_run_needs_open(self, executor):
        with pytest.raises(DescriptionError, match="not open"):
            next(executor.run([small(0)]))

    def test_run_needs_open_after_close_too(self, executor):
        executor.open(DATA, RECORD, threads=1)
        executor.close()
        with pytest.raises(DescriptionError, match="not open"):
            next(executor.run([small(0)]))

    def test_it_says_where(self, executor):
        before = executor.describe()
        with executor:
            executor.open(DATA, RECORD, threads=1)
            assert executor.describe().startswith(before)
        assert executor.describe() == before
