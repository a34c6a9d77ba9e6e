"""Philox in numpy against its published vectors.

That the engine draws the same is tested where it draws: test_initializers.py, test_batches.py and
test_dropout.py.
"""

import numpy as np
import philox
import pytest

# kat_vectors of Random123 (Salmon, Moraes, Dror, Shaw), philox4x32 with 10 rounds
KNOWN_ANSWERS = [  # counter, key, words
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def numbers(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_philox_gives_the_published_words(counter: str, key: str, expected: str) -> None:
    low, high = numbers(key)
    found = philox.philox(np.array(numbers(counter), dtype=np.uint64), (low, high))
    assert found.tolist() == numbers(expected)
