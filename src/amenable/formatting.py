"""Numbers and lists as text for a reader. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence

MANY = 200  # trials from which a tenth of a per cent can be told


def plural(n: int, what: str, several: str = "") -> str:
    """ "1 network", "1,088 networks"; `several` where the plural is irregular: "2 classes"."""
    return f"{n:,} {what if n == 1 else several or what + 's'}"


def join(words: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def percent(fraction: float, n_trials: int) -> str:
    """Per cent, without the sign, with as many digits as so many trials can tell.

    Only what is exactly none or all shows as 0 or 100.
    """
    digits = 1 if n_trials >= MANY else 0
    value = 100 * fraction
    least = 10.0**-digits
    if 0 < fraction < 1:
        value = min(max(value, least), 100 - least)
    return f"{value:.{digits}f}"


def limits(low: float, high: float, n_trials: int) -> str:
    """An interval of a fraction: "89 to 100 %"."""
    return f"{percent(low, n_trials)} to {percent(high, n_trials)} %"


def format_metric(value: float) -> str:
    """A metric or a loss: three decimals, or three digits where it is large or tiny."""
    if not math.isfinite(value):
        return "-"
    is_plain = 0.0005 <= abs(value) < 1000 or value == 0
    return f"{value:.3f}" if is_plain else f"{value:.2e}"


def shorten(value: float) -> str:
    """A number in three digits, as captions have it: "0.125", "1,250", "3.1e-05"."""
    if not math.isfinite(value):
        return "infinite" if math.isinf(value) else "undefined"
    text = f"{value:.3g}"
    if "e" not in text or not 1e-4 <= abs(value) < 1e7:
        return text
    return f"{float(text):,.0f}"


def whole(value: float) -> str:
    """A count that may be missing: "1,350", or "-"."""
    return f"{value:,.0f}" if math.isfinite(value) else "-"


def amount(value: float) -> str:
    """A large number in three digits: "6,350", "1.27 million", "30.1 billion"."""
    if not math.isfinite(value):
        return "-"
    for name, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if value >= 0.9995 * size:
            return (
                f"{value / size:.3g} {name}"
                if value < 1e3 * size
                else f"{value / size:,.0f} {name}"
            )
    if value < 100:
        return f"{value:.3g}"
    digits = len(str(int(value))) - 3
    return f"{round(value, -digits):,.0f}"


def probability(p: float) -> str:
    """ "p = 0.03", "p < 0.001"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
