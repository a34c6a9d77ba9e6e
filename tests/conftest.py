"""Fixtures for the whole suite."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every run: a test that fails judges the change, not the draw. And no test
# asserts a time. To look further: HYPOTHESIS_PROFILE=default pytest tests/property
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# Shells let their jobs in the background ignore Ctrl-C, which some tests send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data that is too large, or not ours, to keep in the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no {SHARED_DATA}: data that is not part of the repository")
    return SHARED_DATA
