"""Whatever happens to a saved file, loading it gives what was saved or a FileError."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import amenable as am


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "population"
    population = am.train([am.mlp(2, 1), am.mlp(2, 2, 1)], "xor", am.Training(steps=2), seeds=2)
    population.save(path)
    return population, path, path.read_bytes()


def check(saved, damaged):
    population, path, _ = saved
    path.write_bytes(damaged)
    try:
        again = am.Population.load(path)
    except am.FileError:
        return
    assert again.configurations == population.configurations
    assert np.array_equal(again.final, population.final, equal_nan=True)
    for one, other in zip(again, population, strict=True):
        assert np.array_equal(one.flat, other.flat)
        assert (one.seed, one.status, one.steps) == (other.seed, other.status, other.steps)


SETTINGS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SETTINGS
@given(st.data())
def test_changed_bytes(saved, data):
    whole = bytearray(saved[2])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    check(saved, bytes(whole))


@SETTINGS
@given(st.data())
def test_bytes_taken_out_or_put_in(saved, data):
    whole = saved[2]
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    check(saved, whole[:first] + data.draw(st.binary(max_size=20)) + whole[last:])
