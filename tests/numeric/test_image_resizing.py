"""Images are resized as PyTorch does it: bilinear to more pixels, by area to fewer."""

import numpy as np
import pytest
import torch

from amenable.datasets import Dataset


@pytest.mark.parametrize(("old", "new"), [(7, 16), (8, 16), (1, 16), (5, 12), (16, 8), (28, 7)])
def test_resizing(old, new):
    x = np.random.default_rng(1).random((10, 2, old, old))
    data = Dataset.from_arrays(x, np.arange(10) % 2, validation=0, test=0)
    found = data.fitted_to((2, new, new)).x.reshape(10, 2, new, new)
    how = "bilinear" if new > old else "area"  # torch's areas overlap unless old is a multiple
    expected = torch.nn.functional.interpolate(torch.tensor(x), (new, new), mode=how)
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-12)
