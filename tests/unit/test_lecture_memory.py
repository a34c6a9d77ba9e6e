"""Memory: bytes to arrays, rules both ways, the quick run."""

import json
import subprocess
from dataclasses import replace

import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import memory, peaks
from amenable.lecture.finding import Finding, Scale

QUICK = Scale(is_quick=True)
MEASURED = memory.Measured(16, {name: 2 + n for name, n in memory.MOMENTS.items()}, False)
RESUMED = memory.Resumed({name: 0 if n else 8 for name, n in memory.MOMENTS.items()}, 8)


@pytest.fixture(scope="module")
def finding() -> Finding:
    return memory.EXPERIMENT.run(QUICK)


def held(measured, resumed=RESUMED):
    return [it.holds for it in memory.checks(measured, resumed)]


def test_adam_holds_four_arrays_of_which_three_are_kept():
    assert held(MEASURED) == [True, True, False, True]


def test_where_nothing_can_be_measured_what_is_counted_decides():
    assert held(None) == [True, True, False, True]
    said = memory.checks(None, RESUMED)[0].measured
    assert "counted" in said
    assert "measured" not in said


@pytest.mark.parametrize(
    ("optimizer", "arrays", "expected"),
    [
        ("SGD", 3, [False, False, False, True]),
        ("momentum", 4, [True, False, False, True]),
        ("Adam", 3, [True, True, True, False]),
    ],
)
def test_what_is_measured_decides(optimizer, arrays, expected):
    other = replace(MEASURED, arrays=dict(MEASURED.arrays) | {optimizer: arrays})
    assert held(other) == expected


@pytest.mark.parametrize("changed", [{"SGD": 7}, {"Adam": 1}])
def test_resuming_decides_what_is_kept(changed):
    other = memory.Resumed(dict(RESUMED.same) | changed, 8)
    assert held(MEASURED, other) == [True, True, False, False]


def said(lanes: int, many: int = 10**6) -> list[dict[str, int]]:
    """Growth as of an engine of so many lanes, with what does not depend on the parameters."""
    found = []
    for side in memory.SIDES:
        n = peaks.square(side).n_parameters
        row = {"evaluation": 4 * lanes * n + 10**6, "few": 10**6, "many": many}
        for name, moments in memory.MOMENTS.items():
            row[name] = (4 * lanes * (2 + moments) + 8) * n + 3 * 10**6
        found.append(row)
    return found


@pytest.mark.parametrize("lanes", [4, 8, 16])
def test_bytes_become_arrays_whatever_the_lanes(lanes):
    found = memory.read(said(lanes))
    assert found == replace(MEASURED, lanes=lanes)


def test_memory_that_grows_with_the_batch_is_seen():
    assert memory.read(said(16, many=10**9)).keeps_batch


def test_nonsense_is_no_measurement():
    assert memory.read([{**row, "evaluation": 5} for row in said(16)]) is None


def test_a_system_that_does_not_tell_is_no_error(monkeypatch):
    def fails(*_, **__):
        raise subprocess.CalledProcessError(1, "python")

    monkeypatch.setattr(memory.subprocess, "run", fails)
    assert memory.measure() is None
    found = memory.memory(QUICK)
    assert found.numbers["arrays_measured"] is None
    assert found.tables[0].rows[0][3] == "not told here"


def test_only_plain_descent_goes_on_from_the_weights_alone():
    assert memory.resume(3, steps=5) == memory.Resumed(
        {name: 0 if n else 3 for name, n in memory.MOMENTS.items()}, 3
    )


def test_activations_are_inputs_and_outputs_of_all_layers():
    assert memory.activations(am.mlp(2, 10, 10, 1)) == 23


def test_the_finding_is_complete(finding):
    assert len(finding.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)
    if finding.numbers["arrays_measured"] is not None:  # on Linux
        assert finding.numbers["arrays_measured"] == finding.numbers["arrays_counted"]
    compile(finding.code, "code", "exec")


def test_a_second_run_finds_the_same(finding):
    again = memory.EXPERIMENT.run(QUICK)
    assert json.dumps(again.numbers, allow_nan=False) == json.dumps(finding.numbers)
    assert (again.summary, again.checks) == (finding.summary, finding.checks)
