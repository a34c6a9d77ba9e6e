"""Sigmoids that threshold, preserve, and together make a ReLU: errors beside their bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

import amenable as am
from amenable.construct import relu_from_sigmoids
from amenable.formatting import shorten
from amenable.lecture.finding import Check, Experiment, Finding, Number, Scale
from amenable.lecture.sigmoids.measures import (
    AT,
    PROGRAM,
    REACH,
    ROW,
    SLIDE,
    WHOLE,
    Errors,
    General,
    Logic,
    Reach,
    detector_errors,
    general,
    logic_rows,
    passthrough_errors,
    reach,
)
from amenable.lecture.sigmoids.pictures import (
    draw_detector,
    draw_passed,
    draw_relu,
    general_table,
    passed_table,
    program_table,
)

# Outputs of the lecture's program are 160,000 times a sigmoid about one half, whose neighbours in
# float32 are 2^-24 apart just below it and 2^-23 above; the input of that sigmoid is rounded too,
# to 2^-24 through a slope of one quarter of 160,000. Together at most:
ROUNDED = 160_000 * (2.0**-23 + 2.0**-24 / 4)


def checks(
    thresholds: Sequence[Errors],
    slide: Errors,
    program: Errors,
    found: Reach,
    made: Sequence[General],
    rows: Sequence[Logic],
) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    whole = float(found.whole.max())
    middle = slide.x != 0
    ratio = float(np.median(slide.error[middle] / np.abs(slide.x[middle])))
    return (
        Check(
            "A sigmoid with a large weight thresholds, at zero and with a bias at "
            f"{AT:g}: beyond 0.001 from there it is within exp(-10,000 distance), and rounding, of "
            "0 or 1.",
            all(it.is_within for it in thresholds),
            f"Largest error {shorten(max(it.largest for it in thresholds))} on "
            f"{sum(len(it.x) for it in thresholds):,} points.",
        ),
        Check(
            f"As the slide has it, {SLIDE:,.0f} (sigmoid(0.0001 x) − 0.5) gives x back.",
            slide.is_within,
            f"The result is wrong by {ratio:.0%} of x: the slope of a sigmoid is 1/4, so the "
            "factor is "
            "4 / 0.0001.",
        ),
        Check(
            f"With {PROGRAM:,.0f}, as the lecture’s program has it, it does, to its cubic term and "
            "rounding.",
            program.is_within,
            f"Largest error on [-20, 20] {shorten(program.largest)} in float32.",
        ),
        Check(
            f"Sigmoids implement logic functions: within {ROW:g} of 0 or 1 on every row.",
            all(it.right == it.rows for it in rows),
            "; ".join(f"{it.expression}: {it.right} of {it.rows}" for it in rows) + ".",
        ),
        Check(
            "Together they make a ReLU: the program’s outputs for x = -20 … 19 are max(0, x), up "
            f"to what float32 leaves of it ({ROUNDED:.3f}).",
            whole <= ROUNDED,
            f"Largest error {whole:.4f}, at x = {WHOLE[int(found.whole.argmax())]:g}.",
        ),
        Check(
            "It is one everywhere on [-20, 20], also between the whole numbers.",
            max(found.near[0], whole) <= ROUNDED,
            f"At x = {found.near[1]:.2g} the output is wrong by {shorten(found.near[0])}.",
        ),
        Check(
            "Other weights make it one everywhere: the general form, made for [-20, 20] and an "
            "error, keeps that error on a fine grid.",
            all(it.error <= it.asked for it in made),
            "; ".join(f"asked {it.asked:g}, measured {shorten(it.error)}" for it in made) + ".",
        ),
    )


def sigmoids(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    points = scale.of(20_001, 4_001)
    program = relu_from_sigmoids()
    thresholds = [
        detector_errors(at, dtype, points) for at in (0.0, AT) for dtype in ("float32", "float64")
    ]
    passed = {
        (factor, dtype): passthrough_errors(factor, dtype, points)
        for factor in (SLIDE, PROGRAM)
        for dtype in ("float32", "float64")
    }
    found = reach(program, points)
    made = [general(error, points) for error in scale.of((0.1, 0.01, 1e-3, 1e-4), (0.1, 0.01))]
    rows = logic_rows()
    decided = checks(
        thresholds,
        passed[SLIDE, "float32"],
        passed[PROGRAM, "float32"],
        found,
        made,
        rows,
    )
    pictures = [draw_relu(program, found), draw_passed(passed)]
    if not scale.is_quick:
        pictures.append(draw_detector())
    return Finding(
        summary=(
            f"On its 40 whole numbers the lecture’s program is a ReLU to within "
            f"{float(found.whole.max()):.3f}. Close to zero it is wrong by up to "
            f"{shorten(found.near[0])}; above x = {shorten(found.until)} by more than "
            f"{REACH:.0%}, and "
            f"its output never exceeds {shorten(found.limit)}. The factor that returns x is "
            f"{PROGRAM:,.0f}, not the slide’s {SLIDE:,.0f}."
        ),
        counts=(
            f"Nothing is trained. Detectors at 0 and {AT:g} on {2 * points:,} points each, "
            f"passthrough on {points:,}, in float32 and float64; the lecture’s program, exact "
            f"weights, float32, at its 40 inputs, on {2 * points:,} points about zero and "
            f"{points:,} up to 1e8; the general form for {len(made)} errors on {2 * points + 1:,} "
            f"points of [-20, 20]; all rows of {len(rows)} Boolean expressions."
        ),
        checks=decided,
        numbers=_numbers(program, thresholds, passed, found, made)
        | {"logic": [[it.expression, it.rows, it.right] for it in rows]},
        tables=(program_table(program), passed_table(), general_table(made)),
        illustrations=tuple(pictures),
        code=CODE,
    )


CODE = """
import numpy as np
from amenable.construct import detector, relu_from_sigmoids
print(detector(at=3.0).decision([[2.99], [3.01]]))
relu = relu_from_sigmoids()
for x, *layers in zip(range(-20, 20), *relu.layers(np.arange(-20.0, 20.0)[:, None])):
    print(x, *layers)
"""


def _numbers(
    program: am.Model,
    thresholds: Sequence[Errors],
    passed: Mapping[tuple[float, str], Errors],
    found: Reach,
    made: Sequence[General],
) -> dict[str, Number]:
    return {
        "detector_largest_errors": [it.largest for it in thresholds],
        "passthrough_largest_errors": {
            f"{factor:g} {dtype}": it.largest for (factor, dtype), it in passed.items()
        },
        "program_inputs": WHOLE.tolist(),
        "program_layers": [layer.tolist() for layer in program.layers(WHOLE[:, None])],
        "program_errors": found.whole.tolist(),
        "near_zero": {"error": found.near[0], "x": found.near[1]},
        "relu_until": found.until,
        "limit": found.limit,
        "general": [[it.asked, it.error, it.largest_weight] for it in made],
    }


EXPERIMENT = Experiment(
    name="sigmoids",
    title="Sigmoids threshold, preserve, and make a ReLU",
    claim=(
        "With a large weight a sigmoid detects negative values; with a small one “x ≈ 4000 · "
        "(Sigmoid(x · 0.0001) − 0.5)” preserves x; “so multiple sigmoid layers can implement logic "
        "functions and preserve input values”, and the “weird example” is a ReLU."
    ),
    run=sigmoids,
)
