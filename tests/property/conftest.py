"""Lets the tests here import what they share with those of the numbers: image_networks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "numeric"))
