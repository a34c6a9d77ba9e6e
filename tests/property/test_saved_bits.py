"""Results as they were: a few of them are kept here as hashes, so that bits change on purpose only.

If they change and it is meant (another order of operations, better coefficients), run this file
with Python, put what it prints in place of SAVED, and say so in the changelog: results of earlier
versions cannot be had any more. If it is not meant, it is a bug.
"""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from amenable import engine
from amenable.datasets import Dataset
from amenable.engine import Configuration, Record
from amenable.network import Dense, Network, mlp
from amenable.training import (
    SGD,
    AdamW,
    Cosine,
    InverseTime,
    Nesterov,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
)

# Whole numbers over powers of two: the same on every machine and in every numpy.
N = 24
GRID = np.arange(N * 3).reshape(N, 3)
X = (GRID * 37 % 64 - 32) / 32
CLASSES = GRID[:, 0] * 5 % 7 % 3
NUMBERS = np.stack([X[:, 0] * X[:, 1], X[:, 2] / 2], axis=1)

WAVES = Network(
    3,
    (
        Dense(7, "sine", dropout=0.25),
        Dense(5, "gelu", bias=False, shortcuts=(0,)),
        Dense(4, "elu(0.5)"),
        Dense(2, "identity", shortcuts=(1, 2)),
    ),
)
EXPERIMENTS: dict[str, tuple[Network, Training, bool]] = {
    "tanh, logistic, nesterov": (
        mlp(3, 8, 8, 1),
        Training(Nesterov(0.1), batch=5, epochs=9, init="pytorch", clip_norm=0.5),
        False,
    ),
    "softmax, adamw, cosine": (
        mlp(3, 9, 3, activation="softsign"),
        Training(AdamW(0.02), batch=7, epochs=9, schedule=Cosine(), warmup=4, init="he_normal"),
        True,
    ),
    "waves, rmsprop, replacement": (
        WAVES,
        Training(
            RMSprop(0.005, momentum=0.5, centered=True),
            loss="huber(0.5)",
            batch=8,
            order="replacement",
            steps=30,
            schedule=InverseTime(20.0),
            l1=1e-3,
        ),
        False,
    ),
    "sigmoid, rprop": (
        mlp(3, 6, 3, activation="sigmoid"),
        Training(Rprop(backtracking=True), batch="full", epochs=25, init="orthogonal(1.5)"),
        True,
    ),
    "softplus and gaussian, sgd": (
        Network(3, (Dense(6, "softplus"), Dense(5, "gaussian"), Dense(2, "scaled_tanh"))),
        Training(SGD(0.1), batch=4, epochs=6, schedule=StepDecay(10, 0.5), l2=0.01),
        False,
    ),
}
SAVED: dict[str, tuple[str, str]] = {
    "tanh, logistic, nesterov": (
        "aceffed3cc092c56efa0d59e69aa43ec",
        "c02db69f8d715ac3fccabad041c9952a",
    ),
    "softmax, adamw, cosine": (
        "7809c14c1bfc83decfd4f89ec0036759",
        "9c8b8d0bdb96293731039f0d5b7c9e87",
    ),
    "waves, rmsprop, replacement": (
        "af0dee1ff4988427e51a9acf33112a9d",
        "0bd9ccc291dcf779934d97efa6a8edef",
    ),
    "sigmoid, rprop": (
        "03dd0aade2c230240bc4a2e58aca78fc",
        "2501d9881b21bfe9cf3fd3f68a00558f",
    ),
    "softplus and gaussian, sgd": (
        "4fae114f2a3964f2df4e27fb1261bea6",
        "5ca11eca92f4d0c3a78add061cc6ae68",
    ),
}


def data_for(name: str, network: Network, is_softmax: bool) -> Dataset:
    if network.outputs == 2:
        return Dataset.from_arrays(X, NUMBERS, task="regression", validation=0.0)
    labels = CLASSES if is_softmax else CLASSES > 0
    return Dataset.from_arrays(X, labels, task="classification", validation=0.0, name=name)


def fingerprint(name: str, dtype: str) -> str:
    """Half of the SHA-256 of all weights on the way and all curves of 20 trials."""
    network, training, is_softmax = EXPERIMENTS[name]
    outcomes = engine.run(
        [Configuration(network, replace(training, dtype=dtype))],
        data_for(name, network, is_softmax),
        range(20),
        record=Record(snapshots=True, curves=True),
    )
    weights, curves = outcomes.snapshots[0], outcomes.curves[0]
    assert weights is not None and curves is not None
    assert np.all(np.isfinite(weights))
    losses = curves[:, :, 0, 0]
    assert np.all(losses[:, -1] < losses[:, 0] + 0.1), "as good as nothing was learned"
    return hashlib.sha256(weights.tobytes() + losses.tobytes()).hexdigest()[:32]


def fingerprints() -> dict[str, tuple[str, str]]:
    """Of every experiment, in float32 and in float64."""
    return {
        name: (fingerprint(name, "float32"), fingerprint(name, "float64")) for name in EXPERIMENTS
    }


@pytest.mark.parametrize("instruction_set", engine.instruction_sets())
def test_results_have_the_bits_they_had(
    instruction_set: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENABLE_TARGET", instruction_set)
    assert fingerprints() == SAVED


if __name__ == "__main__":
    print("SAVED: dict[str, tuple[str, str]] = {")
    for name, (of_float, of_double) in fingerprints().items():
        print(f'    "{name}": (\n        "{of_float}",\n        "{of_double}",\n    ),')
    print("}")
