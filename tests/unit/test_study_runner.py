"""Rounds of a study, the work of a block, and the executor of this process."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import amenable as am
from amenable.engine import STATUSES, Recording
from amenable.errors import DescriptionError
from amenable.population import Configuration
from amenable.space.candidate import Candidate
from amenable.study.blocks import Block
from amenable.study.executors.local import LocalExecutor
from amenable.study.policies import Policy
from amenable.study.requests import TrialRequest
from amenable.study.work import train_block

ENDLESS = am.Training(steps=10**9, batch="full")
SHORT = am.Training(steps=20)
NOTHING = Recording(weights=False)


def block(training=SHORT, seeds=(3, 5), number=1):
    return Block(number, (7,), (Configuration(am.mlp(2, 3, 1), training),), seeds)


def candidate(width=3):
    return Candidate({"hidden": [width]}, Configuration(am.mlp(2, width, 1), SHORT))


class Asks(Policy):
    """Asks for what it is told to, round by round."""

    name = "asks"

    def __init__(self, *rounds):
        self.rounds = list(rounds)

    def requests(self, results, candidates):
        return tuple(self.rounds.pop(0)) if self.rounds else ()

    def describe(self):
        return "asks"

    def to_dict(self):
        return {}


def test_a_trial_is_trained_once_however_often_it_is_asked_for(tmp_path):
    first, again, other = candidate(), candidate(), candidate(4)
    study = am.Study(tmp_path / "a.study")
    policy = Asks(
        [
            TrialRequest(first, (0, 1, 2)),
            TrialRequest(again, (2, 3)),
            TrialRequest(other, range(2)),
        ],
        [TrialRequest(again, (1, 9)), TrialRequest(first, (0,))],
        [TrialRequest(other, (1,))],  # nothing is missing: the end, whatever it would ask next
        [TrialRequest(other, (77,))],
    )
    assert study.run([first], "xor", policy=policy).trials == 7
    found = study.results()
    assert found.seed.tolist() == [0, 1, 2, 3, 9, 0, 1]
    assert found.configuration.tolist() == [0, 0, 0, 0, 0, 1, 1]
    assert study.status.is_complete


def test_a_policy_sees_the_whole_study(tmp_path):
    seen = []

    class Looks(Asks):
        def requests(self, results, candidates):
            seen.append((results.ids, len(results), results.configurations))
            return super().requests(results, candidates)

    study = am.Study(tmp_path / "a.study")
    study.run([candidate()], "xor", seeds=4)
    study.run([candidate(4)], "xor", policy=Looks([TrialRequest(candidate(4), (0,))]))
    assert [(ids, n) for ids, n, _ in seen] == [((1, 2), 4), ((1, 2), 5)]
    assert [it.network.hidden for it in seen[0][2]] == [(3,), (4,)]


@pytest.mark.parametrize("seeds", [(-1, 0), (2**63,)])
def test_seeds_that_a_store_cannot_hold(tmp_path, seeds):
    with pytest.raises(DescriptionError, match=r"^seeds: expected integers from 0 to 2\*\*63 - 1"):
        am.Study(tmp_path / "a").run(
            [candidate()], "xor", policy=Asks([TrialRequest(candidate(), seeds)])
        )


def test_a_block_is_what_train_trains():
    data = am.load("moons")
    training = am.Training(epochs=3, goal="accuracy >= 0.9")
    it = Block(1, (4, 2), tuple(Configuration(am.mlp(2, w, 1), training) for w in (3, 5)), (9, 4))
    found = train_block(it, data, Recording(curves=True), threads=1)
    population = am.train([am.mlp(2, w, 1) for w in (3, 5)], data, training, seeds=(9, 4),
                          curves=True)  # fmt: skip
    assert [STATUSES[code] for code in found.status] == population.status.tolist()
    assert np.array_equal(found.steps, population.steps)
    assert np.array_equal(found.final, population.final, equal_nan=True)
    assert set(found.arrays) == {"weights", "curves", "probes"}
    for c in range(2):
        assert np.array_equal(found.arrays["weights"][c],
                              population.records.of_configuration("weights", c))  # fmt: skip
        assert np.array_equal(found.arrays["probes"][c], population.records.probes[c])
    assert train_block(it, data, NOTHING).arrays == {}


def test_a_block_that_is_cut_short_is_not_there():
    told = []

    def interrupt(finished):
        told.append(finished)
        if len(told) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_block(block(ENDLESS), am.load("xor"), NOTHING, watch=interrupt)


def test_nothing_goes_on_when_the_caller_stops():
    before = threading.active_count()
    with LocalExecutor() as executor:
        executor.open(am.load("xor"), NOTHING, threads=1)
        results = executor.run(iter([block(), block(ENDLESS), block(ENDLESS)]))
        assert next(results).steps.tolist() == [20, 20]
        assert threading.active_count() > before  # the next is on its way
        results.close()
        assert threading.active_count() == before


def test_an_executor_that_is_not_open():
    executor = LocalExecutor()
    assert executor.describe() == "this machine"
    with pytest.raises(DescriptionError, match="not open"):
        next(executor.run([block()]))
    executor.open(am.load("xor"), NOTHING, threads=1)
    assert executor.describe() == "this machine, 1 thread"
    executor.close()
    executor.close()


def test_ctrl_c_in_a_process_of_its_own(tmp_path):
    code = (
        "import sys, amenable as am\n"
        "training = am.Training(steps=10**9, batch='full')\n"
        "first = lambda n, total: print(n, flush=True)\n"
        "print(am.Study(sys.argv[1]).run(am.mlp(2, 3, 1), 'xor', training, progress=first))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a.study")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "0\n"
        os.kill(process.pid, signal.SIGINT)
        said = process.stdout.read()
        assert process.wait() == 0
    assert said.splitlines()[-1] == "0 trials finished, then interrupted: run it again to go on."
    assert [it.name for it in tmp_path.iterdir()] == ["a.study"]
    assert not am.Study(tmp_path / "a.study").status.is_complete
