"""The share of work that is done, and times as they are shown."""

import numpy as np
import pytest

from amenable.cli.progress import work_done


def test_the_largest_networks_come_first():
    shares = work_done([1.0, 3.0], 2, has_goal=False)
    assert shares.tolist() == pytest.approx([0.0, 0.375, 0.75, 0.875, 1.0])


def test_the_share_grows_from_none_to_all():
    shares = work_done([5.0, 1.0, 100.0], 7, has_goal=True)
    assert (shares[0], shares[-1], len(shares)) == (0.0, pytest.approx(1.0), 22)
    assert np.all(np.diff(shares) > 0)
