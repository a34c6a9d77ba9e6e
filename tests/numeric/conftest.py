"""Lets the tests here import what they share: philox, problems, torch_training, trials, ..."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
