"""Schedules against PyTorch's."""

import warnings

import pytest

from amenable.training import Cosine, InverseTime, Schedule, StepDecay, Training

torch = pytest.importorskip("torch")

N_STEPS = 50


def torch_factors(kind: str, **settings: object) -> list[float]:
    weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    schedule = getattr(torch.optim.lr_scheduler, kind)(optimizer, **settings)
    factors = []
    for _ in range(N_STEPS):
        factors.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return factors


@pytest.mark.parametrize(
    ("schedule", "kind", "settings"),
    [
        (StepDecay(7, gamma=0.5), "StepLR", {"step_size": 7, "gamma": 0.5}),
        (Cosine(), "CosineAnnealingLR", {"T_max": N_STEPS}),
        (Cosine(floor=0.25), "CosineAnnealingLR", {"T_max": N_STEPS, "eta_min": 0.25}),
        (InverseTime(9.0), "LambdaLR", {"lr_lambda": lambda t: 1 / (1 + t / 9)}),
    ],
)
def test_factors_are_pytorchs(schedule: Schedule, kind: str, settings: dict[str, object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch's own making
        expected = torch_factors(kind, **settings)
    training = Training(schedule=schedule)
    found = [training.lr_factor(t, N_STEPS) for t in range(N_STEPS)]
    # PyTorch multiplies the rate step by step: a rounding, 1e-16, for each of 50 steps
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)
