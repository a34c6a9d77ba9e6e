"""Ctrl-C while a thread starts: nothing goes on behind the caller's back."""

import threading

import pytest

from amenable import Training, load, mlp
from amenable.engine import Recording, calls
from amenable.population import Configuration
from amenable.study.blocks import Block
from amenable.study.executors.local import LocalExecutor


@pytest.fixture
def interrupted(monkeypatch):
    """Threads start, and Ctrl-C comes before the caller goes on."""
    start, begun = threading.Thread.start, []

    def starts(thread):
        start(thread)
        begun.append(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", starts)
    return begun


class Progress:
    """As the core's: says whether it was cancelled."""

    finished = 0

    def __init__(self):
        self.cancelled = threading.Event()

    def cancel(self):
        self.cancelled.set()


def test_the_engine_is_cancelled(interrupted):
    progress, ended = Progress(), []

    def work():
        ended.append(progress.cancelled.wait(20))

    with pytest.raises(KeyboardInterrupt):
        calls.wait(work, progress, None)
    assert ended == [True]  # it was waited for


@pytest.mark.parametrize("n_before", [0, 1])
def test_a_block_is_given_up(interrupted, monkeypatch, n_before):
    """In the first block, and in the second, which starts when the first is done."""
    ended = []

    def trains(block, data, record, threads, tell):
        if block.number > n_before:
            try:
                while True:
                    tell(0)
            except Exception as error:
                ended.append(type(error).__name__)
                raise
        return BlockDone(block)

    class BlockDone:
        def __init__(self, block):
            self.block = block

    monkeypatch.setattr("amenable.study.executors.local.train_block", trains)
    monkeypatch.setattr("amenable.study.executors.local.BlockResult", BlockDone)
    it = Configuration(mlp(2, 3, 1), Training(steps=1))
    blocks = [Block(k, (1,), (it,), (0, 1)) for k in (1, 2)]
    raises = threading.Thread.start
    starts = iter([False] * n_before + [True])

    def start(thread):
        try:
            raises(thread)
        except KeyboardInterrupt:
            if next(starts):
                raise

    monkeypatch.setattr(threading.Thread, "start", start)
    with LocalExecutor() as executor:
        executor.open(load("xor"), Recording(weights=False), threads=1)
        with pytest.raises(KeyboardInterrupt):
            list(executor.run(blocks))
    assert ended == ["_GivenUpError"]
    assert not any(thread.is_alive() for thread in interrupted[n_before:])
