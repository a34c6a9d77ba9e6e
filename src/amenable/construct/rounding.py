"""How far off floating point is: the numbers that limit the bounds of this package."""

from __future__ import annotations

UNIT = {"float32": 2.0**-24, "float64": 2.0**-53}
"""Largest relative error of one rounding."""

LARGEST = {"float32": 3.4028234663852886e38, "float64": 1.7976931348623157e308}

# The core's sigmoid is off by at most 2 units in the last place, which for outputs from 1/2 to 1
# are of this size (measured: 1.4 in either dtype); tests/numeric/test_construct_sigmoids.py asks.
SIGMOID_ERROR = {dtype: 2 * unit for dtype, unit in UNIT.items()}
"""Largest absolute error of a sigmoid."""
