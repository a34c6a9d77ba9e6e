"""examples/lenet1989.py: it runs, in miniature, and chooses before it reads the test digits."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import amenable as am

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("lenet1989_settings", "lenet1989_trials", "lenet1989_tables", "lenet1989")


@pytest.fixture(scope="module")
def example():
    """Its three modules, imported as the script imports them."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        settings, trials, _, script = (importlib.import_module(name) for name in NAMES)
    finally:
        sys.path.remove(str(EXAMPLES))
    yield SimpleNamespace(settings=settings, trials=trials, script=script)
    for name in NAMES:
        del sys.modules[name]


def run(example, monkeypatch, capsys, *options):
    monkeypatch.setattr(sys, "argv", ["lenet1989.py", *options])
    example.script.main()
    return capsys.readouterr().out


def an_archive(tmp_path, n, **others):
    """Some of the bundled digits, in the form of the paper's."""
    data = am.load("digits").fitted_to((1, 16, 16), scale=(-1, 1))
    path = tmp_path / "usps.npz"
    x, y = data.x.reshape(-1, 16, 16).astype(np.float32), data.y.astype(np.uint8)
    np.savez(path, x_train=x[:n], y_train=y[:n], **others)
    return path, x[n:], y[n:]


def test_all_parts_run(example, monkeypatch, capsys):
    out = run(example, monkeypatch, capsys, "--quick")
    for part in ("means-of-1989", "readings", "today"):
        assert f"## {part}" in out
    assert out.count("| LeCun et al. 1989, one network | 102 |") == 3
    assert "nan" not in out


def test_everything_is_chosen_before_the_test_digits_are_read(
    example, monkeypatch, capsys, tmp_path
):
    path, _, _ = an_archive(tmp_path, 120)  # has no test digits
    for part in ("means-of-1989", "today"):
        with pytest.raises(KeyError, match="x_test"):
            run(example, monkeypatch, capsys, "--quick", "--usps", str(path), "--part", part)
        out = capsys.readouterr().out
        assert out.rstrip().endswith("trained on all training digits.")
        assert "held-out digits |" in out


def test_the_choice_is_the_same_whatever_the_test_digits_are(
    example, monkeypatch, capsys, tmp_path
):
    _, x, y = an_archive(tmp_path, 120)
    chosen = []
    for labels in (y[:100], y[100:200]):
        path, _, _ = an_archive(tmp_path, 120, x_test=x[:100], y_test=labels)
        options = ("--quick", "--usps", str(path), "--part", "means-of-1989")
        chosen.append(run(example, monkeypatch, capsys, *options).partition("### Test")[0])
    assert chosen[0] == chosen[1]


def test_a_file_is_asked_for(example, monkeypatch, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(example, monkeypatch, capsys)
    assert stopped.value.code == 2
    assert "--usps FILE is needed" in capsys.readouterr().err


def test_folds_hold_out_neighbours_and_every_digit_once(example):
    digits = example.trials.Digits(np.zeros((25, 256)), np.arange(25) % 10)
    for is_mixed in (False, True):
        made = example.trials.folds(digits, 6, is_mixed)
        held_out = [it.validation.tolist() for it in made]
        assert held_out == [list(range(4 * k, 4 * k + 4)) for k in range(6)]
        for it in made:
            assert sorted([*it.training, *it.validation]) == list(range(25))
            assert (it.training.tolist() != sorted(it.training)) == is_mixed


def test_every_scheme_connects_as_many_as_the_paper(example):
    for name in example.settings.SCHEMES:
        network = example.settings.Means(scheme=name).candidate(name).network
        assert network.n_parameters == 9760
        assert all(len(set(seen)) == 8 for seen in network.layers[1].connections)
        if name != "random":
            counts = np.bincount(np.concatenate(network.layers[1].connections))
            assert counts.tolist() == [8] * 12


def test_alternatives_differ_in_what_they_name(example):
    base = example.settings.Means()
    for name, (field, value) in example.settings.ALTERNATIVES.items():
        assert getattr(base, field) != value, name
    made = [means for _, means in example.settings.alternatives(base)]
    assert len(set(made)) == len(made) == 2 * (1 + len(example.settings.ALTERNATIVES))


def test_gains_take_the_better_rate_and_one_of_each_field(example, capsys):
    def judged(name, *mistakes):
        candidate = example.settings.Means().candidate(name)
        return example.trials.Judged(candidate, np.array([[50.0, it] for it in mistakes]), 100)

    given = [
        judged("as it is, lr / damping 1", 20, 22),
        judged("as it is, lr / damping 2", 18, 20),
        judged("targets ±0.8, lr / damping 1", 30, 30),
        judged("targets ±0.8, lr / damping 2", 17, 17),
        judged("targets ±0.6, lr / damping 1", 16, 16),
        judged("border 0 around H1, lr / damping 1", 15, 15),
        judged("curvature from 100 digits, lr / damping 1", 19, 20),
    ]
    assert example.script.gains(given) == ["border 0 around H1", "targets ±0.6"]
    assert "| targets ±0.8 | +2.0 ± 1.0 |" in capsys.readouterr().out


def test_rooted_weights_begin_two_point_four_times_as_wide(example):
    """Without a step to take, what `on_test` measures is the initial network's loss."""
    digits = example.trials.training_digits(None)
    few = example.trials.Digits(digits.x[:40], digits.y[:40])
    candidate = example.settings.plain("tanh", is_rooted=True)
    still = candidate._replace(
        training=am.Training(
            am.SGD(0.0), loss="squared", epochs=1, init="pytorch", bias_init="constant(0.0)"
        )
    )
    rooted = example.trials.on_test(still, few, few, [0, 1])
    data = am.Dataset.from_arrays(*few, validation=0, test=0)
    drawn = am.train(still.network, data, still.training, seeds=2, progress=False)
    wider = am.train(
        still.network, data, still.training, seeds=2, start=2.4 * drawn.weights, progress=False
    )
    assert np.allclose(rooted.training_loss, wider.loss["training"], rtol=1e-6)
