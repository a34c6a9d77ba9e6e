"""The experiment on depth without nonlinearity: its measurements, its rules, its pictures."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import collapse
from amenable.lecture.finding import Finding


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("collapse")


def test_finding_is_complete(found):
    assert len(found.checks) == 3
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    compile(found.code, "code", "exec")


@pytest.mark.parametrize("name", ["islands", "sine"])
def test_best_linear_loss_is_that_of_a_long_training(name):
    data = am.load(name, validation=0.0, test=0.0)
    training = am.Training(
        am.Adam(0.02), batch="full", steps=3000, schedule=am.Cosine(), dtype="float64"
    )
    trained = am.train(am.mlp(data.n_inputs, 1), data, training, seeds=1, progress=False)
    best = collapse.best_linear_loss(data)
    assert trained.loss["training"][0] == pytest.approx(best, rel=1e-7)
    assert trained.loss["training"][0] >= best * (1 - 1e-9)


def _depths(found: collapse.Depths, **changes: object) -> collapse.Depths:
    values = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return collapse.Depths(**(values | changes))


def test_rules_both_ways():
    it = collapse.over_depths("islands", 4, 300)
    good = _depths(it, bent=tuple(_all(group, "solved") for group in it.bent))
    assert [one.holds for one in collapse.checks([good])] == [True, True, True]
    bad = _depths(
        it,
        best_linear=it.best_linear * 1.5,
        folded={"float64": 1e-3, "float32": 1e-3},
        bent=tuple(_all(group, "exhausted") for group in it.bent),
    )
    assert [one.holds for one in collapse.checks([bad])] == [False, False, False]
    assert not any(one.holds for one in collapse.checks([good, bad]))


def _all(group: am.Population, status: str) -> am.Population:
    from dataclasses import replace

    return replace(group, status=np.full(len(group), status, dtype="<U9"))


def test_a_wrong_fold_is_seen(monkeypatch):
    import amenable.construct as construct

    data = am.load("islands", validation=0.0, test=0.0)
    model = am.train(am.mlp(2, 3, 1, activation="identity"), data, seeds=1, progress=False).best
    assert collapse.fold_difference([model], data, "float64") < 1e-14
    monkeypatch.setattr(construct, "fold", lambda it: am.Model(am.mlp(2, 1), [1.0, 1.0, 0.0]))
    assert collapse.fold_difference([model], data, "float64") > 1e-3
