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
from amenable.engine import Recording, Setup
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
        "a40f92f6adf16caf29cf7f7f73fe2614",
        "c02db69f8d715ac3fccabad041c9952a",
    ),
    "softmax, adamw, cosine": (
        "265ed2b7a71c731806d698001e677611",
        "bb0d0bf8a2625d44be0dd2e11a00dd6e",
    ),
    "waves, rmsprop, replacement": (
        "b76d5a330af78b06eec05b97047aceac",
        "96149a6a6499b697ccea675114531685",
    ),
    "sigmoid, rprop": (
        "0f428af9ab6c5dbfdb58a41bd6fdc918",
        "a7045e8ed84cfc10b48005aa00a2a540",
    ),
    "softplus and gaussian, sgd": (
        "a72d0fb31c4fca6d6246b59f76645ae3",
        "5ca11eca92f4d0c3a78add061cc6ae68",
    ),
}


def data_for(name: str, network: Network, is_softmax: bool) -> Dataset:
    if network.outputs == 2:
        return Dataset.from_arrays(X, NUMBERS, task="regression", validation=0.0, test=0.0)
    labels = CLASSES if is_softmax else CLASSES > 0
    return Dataset.from_arrays(
        X, labels, task="classification", validation=0.0, test=0.0, name=name
    )


def fingerprint(name: str, dtype: str) -> str:
    """Half of the SHA-256 of all weights on the way and all curves of 20 trials."""
    network, training, is_softmax = EXPERIMENTS[name]
    outcomes = engine.run(
        [Setup(network, replace(training, dtype=dtype))],
        data_for(name, network, is_softmax),
        range(20),
        record=Recording(snapshots=True, curves=True),
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
