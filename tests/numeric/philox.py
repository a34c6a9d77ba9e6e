"""The engine's random numbers, made a second time, in numpy: what the core draws can be foretold.

Written from the paper (Salmon, Moraes, Dror, Shaw 2011: Philox 4x32-10) and from what the core's
comments say a counter stands for, not from its code.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

WEIGHTS, ORDER, DROPOUT = 0, 1, 2  # streams: the last word of the counter
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)

Words = NDArray[np.uint64]  # 32 bits of each are in use


def philox(counter: Words, key: tuple[int, int]) -> Words:
    """Four random words (..., 4) for each counter (..., 4)."""
    a, b, c, d = (counter[..., i].astype(np.uint64) for i in range(4))
    keys = [np.uint64(k) for k in key]
    for _ in range(10):
        p = np.uint64(MULTIPLIERS[0]) * a
        q = np.uint64(MULTIPLIERS[1]) * c
        a, b, c, d = (q >> HALF) ^ b ^ keys[0], q & LOW, (p >> HALF) ^ d ^ keys[1], p & LOW
        keys = [(k + np.uint64(w)) & LOW for k, w in zip(keys, WEYL, strict=True)]
    return np.stack([a, b, c, d], axis=-1)


def split_seed(seed: int) -> tuple[int, int]:
    """The key that a seed is: its low and its high half."""
    return seed & 0xFFFFFFFF, seed >> 32


def words(seed: int, stream: int, b: int, c: int, n: int) -> Words:
    """The first n words (n,) of counters (0, b, c, stream), (1, b, c, stream), ..."""
    counter = np.zeros((-(-n // 4), 4), dtype=np.uint64)
    counter[:, 0] = np.arange(len(counter))
    counter[:, 1:] = b, c, stream
    return philox(counter, split_seed(seed)).reshape(-1)[:n]


def below(word: Words, n: Words | int) -> NDArray[np.int64]:
    """Words as whole numbers below n: the high half of the product."""
    return ((word * np.asarray(n, dtype=np.uint64)) >> HALF).astype(np.int64)


@lru_cache(maxsize=1024)
def shuffled(seed: int, epoch: int, n: int) -> NDArray[np.int64]:
    """The order (n,) of an epoch: Fisher and Yates, inside out, sample i put at place chosen[i]."""
    chosen = below(words(seed, ORDER, epoch, 0, n), np.arange(1, n + 1))
    order: list[int] = []
    for i, place in enumerate(chosen.tolist()):
        order.append(i)
        order[i], order[place] = order[place], i
    return np.array(order)


def with_replacement(seed: int, step: int, batch: int, n: int) -> NDArray[np.int64]:
    """The samples (batch,) of a step, drawn from all n."""
    return below(words(seed, ORDER, step, 1, batch), n)


def batch_rows(seed: int, step: int, n: int, batch: int | str, order: str) -> NDArray[np.int64]:
    """Samples of a step, in the order in which they are taken."""
    if batch == "full":
        return np.arange(n)
    size = int(batch)
    if order == "replacement":
        return with_replacement(seed, step, size, n)
    per_epoch = -(-n // size)
    epoch, place = divmod(step, per_epoch)
    rows = shuffled(seed, epoch, n) if order == "shuffled" else np.arange(n)
    return rows[place * size : (place + 1) * size]


def kept(
    seed: int, step: int, layer: int, n_slots: int, units: int, probability: float
) -> NDArray[np.float64]:
    """Dropout's factors (n_slots, units) of a layer, counted from 0: 0, or 1 / (1 - p)."""
    n_blocks = -(-units // 4)
    counter = np.zeros((n_slots, n_blocks, 4), dtype=np.uint64)
    counter[..., 0] = np.arange(n_blocks)
    counter[..., 1] = step
    counter[..., 2] = np.arange(n_slots)[:, None] + layer * 2**20
    counter[..., 3] = DROPOUT
    drawn = philox(counter, split_seed(seed)).reshape(n_slots, -1)[:, :units]
    draws = (drawn >> np.uint64(8)).astype(np.float64) / 2**24
    return np.where(draws < probability, 0.0, 1.0 / (1.0 - probability))


def uniforms(seed: int, layer: int, part: int, n: int) -> NDArray[np.float64]:
    """Numbers (n,) in (0, 1) for a layer's weights (part 0) or biases (part 1): 53 bits each."""
    pairs = words(seed, WEIGHTS, layer, part, 2 * n).reshape(n, 2)
    bits = (pairs[:, 0] << np.uint64(21)) ^ (pairs[:, 1] >> np.uint64(11))
    return (bits.astype(np.float64) + 0.5) / 2.0**53
