"""Fixtures for the whole suite."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data that is too large, or not ours, to keep in the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no {SHARED_DATA}: data that is not part of the repository")
    return SHARED_DATA
