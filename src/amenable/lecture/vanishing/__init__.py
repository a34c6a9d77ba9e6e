"""Gradients over deep networks beside probabilities over long chains: products of small numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amenable.formatting import join, shorten
from amenable.lecture.finding import Check, Experiment, Finding, Scale
from amenable.lecture.runs import share
from amenable.lecture.vanishing.measures import (
    CURES,
    DEEP,
    DEPTHS,
    GOAL,
    INITIALIZERS,
    NAMES,
    PYTORCH,
    WIDTH,
    Chain,
    Fall,
    Solved,
    chain,
    fall_of,
    first_gradients,
    first_over_last,
    learned,
    or_never,
    pooled,
    zero_depth,
)
from amenable.lecture.vanishing.pictures import (
    draw_falls,
    draw_layers,
    draw_learning,
    draw_steps,
    table,
)
from amenable.statistics import newcombe

STRAIGHT = 0.95  # r2 of the logarithm over length from which a fall is called exponential
SMALL = 0.1  # first layer's gradient over the last's: lost below
PRESERVED = 0.1  # the same: preserved above


def checks(
    falls: Mapping[tuple[str, str], Fall],
    found: Chain,
    zero: int | None,
    solved: Solved,
    depths: Sequence[int],
) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    sigmoid = falls["sigmoid", PYTORCH]
    usual = {name: falls[name, PYTORCH] for name in CURES}
    kept = {name: falls[name, cure] for name, cure in CURES.items()}
    plain, cured = (pooled(solved, depths, is_cure) for is_cure in (False, True))
    gain = newcombe(*cured, *plain)
    depth = DEPTHS[-1]
    return (
        Check(
            "Over a deep network of sigmoids gradients get small as a product does: by about the "
            f"same factor for each layer (r2 of the logarithm at least {STRAIGHT}).",
            sigmoid.factor < 1 and sigmoid.r2 >= STRAIGHT,
            f"Factor {shorten(sigmoid.factor)} for each layer, r2 {sigmoid.r2:.3f}; at {depth} "
            f"layers the first layer's gradient is {shorten(sigmoid.at_end)} of the last's"
            + (f"; in float32 it is zero from {zero} layers on." if zero else "."),
        ),
        Check(
            "Probabilities of a hidden Markov model over a chain do the same, to the end of "
            "floating point.",
            found.factor < 1 and found.r2 >= STRAIGHT and found.zero_double is not None,
            f"Factor {shorten(found.factor)} for each link, r2 {found.r2:.3f}; zero from "
            f"{or_never(found.zero_single)} links on in float32, {or_never(found.zero_double)} "
            "in float64.",
        ),
        Check(
            "It is so for sigmoid, tanh and ReLU alike, begun as PyTorch begins them: at "
            f"{depth} layers less than {SMALL:g} of the gradient is left.",
            all(it.at_end < SMALL for it in usual.values()),
            "Left: " + _by_name(usual),
        ),
        Check(
            f"It need not be: other initial weights leave each of the three {PRESERVED:g} or more.",
            all(it.at_end >= PRESERVED for it in kept.values()),
            "Left with orthogonal weights that undo the slope: " + _by_name(kept),
        ),
        Check(
            f"It matters for learning: of networks of {DEEP} layers or more, more are solved with "
            "those weights, beyond chance.",
            gain.interval.low > 0,
            f"{share(*cured)} instead of {share(*plain)}; difference {gain.difference:.2f} "
            f"[{gain.interval.low:.2f}, {gain.interval.high:.2f}].",
        ),
    )


def _by_name(falls: Mapping[str, Fall]) -> str:
    return join([f"{shorten(it.at_end)} with {NAMES[name]}" for name, it in falls.items()]) + "."


def vanishing(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    seeds, run_seeds = scale.of(100, 16), scale.of(24, 8)
    depths = scale.of((1, 2, 3, 4, 6, 8, 12, 16, 20), (2, 4, 8, 12))
    steps, length = scale.of(2000, 500), 600
    settings = [(a, i) for a, cure in CURES.items() for i in (*INITIALIZERS, cure)]
    norms = {it: first_gradients(*it, seeds) for it in settings}
    ratios = {it: first_over_last(norm) for it, norm in norms.items()}
    falls = {it: fall_of(ratio) for it, ratio in ratios.items()}
    found, zero = (
        chain(length),
        zero_depth(scale.of(32, 8), scale.of(range(30, 81, 2), range(42, 61, 6))),
    )
    solved = learned(depths, run_seeds, steps)
    verdicts = checks(falls, found, zero, solved, depths)
    pictures = [draw_falls(ratios, found), draw_learning(solved, depths)]
    if not scale.is_quick:
        pictures[1:1] = [draw_layers(norms), draw_steps(steps)]
    return Finding(
        summary=_summary(falls, found, solved, depths),
        counts=(
            f"Networks of {WIDTH} units a layer and 1 to {DEPTHS[-1]} layers on 200 points of "
            f"'islands': gradients before the first step of {seeds} seeds for each of "
            f"{len(settings)} pairs of activation and initializer, in float64; then {run_seeds} "
            f"seeds of {2 * len(CURES)} pairs at {len(depths)} depths, Adam 0.01, {steps} steps of "
            f"32 points, solved at {GOAL}. A chain of {length} rolls of the dishonest casino, a "
            "hidden Markov model with two states and six faces."
        ),
        checks=verdicts,
        numbers={
            "falls": {
                f"{a} {i}": {"factor": it.factor, "r2": it.r2, "left": it.at_end}
                for (a, i), it in falls.items()
            },
            "chain": {
                "factor": found.factor,
                "r2": found.r2,
                "zero_float32": found.zero_single,
                "zero_float64": found.zero_double,
                "log10_at_end": float(found.logs[-1]),
                "log_relative_error": found.log_error,
            },
            "zero_depth_float32": zero,
            "depths": list(depths),
            "solved": {f"{a} {i}": [list(it) for it in row] for (a, i), row in solved.items()},
        },
        tables=(table(falls),),
        illustrations=tuple(pictures),
        code=CODE,
    )


CODE = """
import amenable as am
networks = [am.mlp(2, *[10] * depth, 1, activation="sigmoid") for depth in (1, 4, 16)]
found = am.train(networks, "islands", am.Training(steps=1, init="orthogonal(4)"), signals=True)
for depth, group in found.by("depth").items():
    first, *_, last = group.signals["gradient_norm"][:, 0, :depth].mean(axis=0)
    print(depth, "layers: first over last", first / last)
"""


def _summary(
    falls: Mapping[tuple[str, str], Fall], found: Chain, solved: Solved, depths: Sequence[int]
) -> str:
    sigmoid, relu = falls["sigmoid", PYTORCH], falls["relu", CURES["relu"]]
    deepest = [
        f"{solved[a, cure][-1][0]} of {solved[a, cure][-1][1]} with {NAMES[a]}"
        for a, cure in CURES.items()
    ]
    return (
        f"A sigmoid layer multiplies the gradient by about {shorten(sigmoid.factor)}, a link of "
        f"the chain the probability by {shorten(found.factor)}. For the chain logarithms are the "
        f"cure (relative error {shorten(found.log_error)} at {len(found.logs)} links); for "
        f"networks, activation and initial weights: {shorten(relu.factor)} for ReLU. "
        f"A network that keeps its gradient need not learn: at {depths[-1]} layers, "
        f"{join(deepest)} solved the points with those weights."
    )


EXPERIMENT = Experiment(
    name="vanishing",
    title="Vanishing gradients",
    claim=(
        "Over long chains the probabilities of a hidden Markov model get small. “A similar thing "
        "happens to gradients over deep networks”: the vanishing gradient problem."
    ),
    run=vanishing,
)
