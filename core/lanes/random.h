// Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011). The key is the
// trial's seed, the counter says what the number is for, so no number depends on what ran before.
#pragma once

#include "lanes/lanes.h"

namespace amenable::AMENABLE_TARGET {

enum class Stream : std::uint32_t { weights, order, dropout };

// Four words for counter (a, b, c, stream).
AMENABLE_INLINE void philox(std::uint64_t seed, std::uint32_t a, std::uint32_t b, std::uint32_t c,
                            Stream stream, std::uint32_t* out) {
  std::uint32_t d = static_cast<std::uint32_t>(stream);
  std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p = 0xD2511F53ull * a, q = 0xCD9E8D57ull * c;
    const std::uint32_t b_was = b, d_was = d;
    a = static_cast<std::uint32_t>(q >> 32) ^ b_was ^ k0;
    b = static_cast<std::uint32_t>(q);
    c = static_cast<std::uint32_t>(p >> 32) ^ d_was ^ k1;
    d = static_cast<std::uint32_t>(p);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = a, out[1] = b, out[2] = c, out[3] = d;
}

// words (4 * n_blocks): those of counters (0, b, c), (1, b, c), ... A plain loop: the compiler
// vectorizes over blocks.
inline void random_words(std::uint64_t seed, Stream stream, std::uint32_t b, std::uint32_t c,
                         std::uint32_t n_blocks, std::uint32_t* words) {
  for (std::uint32_t i = 0; i < n_blocks; ++i) philox(seed, i, b, c, stream, words + 4 * i);
}

// A word as a number in [0, n): the high half of a product (Lemire 2019), whose bias, at most
// n / 2^32, is left in.
AMENABLE_INLINE std::uint32_t below(std::uint32_t word, std::uint32_t n) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(word) * n >> 32);
}

// Two words as a number in (0, 1), 53 bits.
AMENABLE_INLINE double unit_interval(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 21) ^ (low >> 11);
  return (static_cast<double>(bits) + 0.5) * 0x1p-53;
}

}  // namespace amenable::AMENABLE_TARGET
