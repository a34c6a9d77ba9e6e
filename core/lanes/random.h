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

// a0 b0 a1 b1 ...: the first or the second half of the two, interleaved.
template <bool is_second, class Words>
AMENABLE_INLINE Words interleave(Words a, Words b) {
  constexpr int n = sizeof(Words) / 8, h = is_second ? n / 2 : 0;
  if constexpr (n == 8)
    return __builtin_shufflevector(a, b, h, h + 8, h + 1, h + 9, h + 2, h + 10, h + 3, h + 11);
  else if constexpr (n == 4)
    return __builtin_shufflevector(a, b, h, h + 4, h + 1, h + 5);
  else
    return __builtin_shufflevector(a, b, h, h + 2);
}

// words (4 * n_blocks, rounded up to a multiple of PHILOX_ROOM): those of counters (0, b, c),
// (1, b, c), ... Several blocks at once, each 32-bit word in the low half of a 64-bit one; what
// comes to stand in the high halves is never looked at.
inline constexpr std::uint32_t PHILOX_BLOCKS = LANE_BYTES / 8, PHILOX_ROOM = 4 * PHILOX_BLOCKS;

inline void random_words(std::uint64_t seed, Stream stream, std::uint32_t b, std::uint32_t c,
                         std::uint32_t n_blocks, std::uint32_t* words) {
  using Words = Set::Words64;
  const Words zero{}, first = zero + 0xD2511F53u, second = zero + 0xCD9E8D57u;
  Words counter;
  for (std::uint32_t k = 0; k < PHILOX_BLOCKS; ++k) counter[k] = k;
  for (std::uint32_t i = 0; i < n_blocks; i += PHILOX_BLOCKS, words += PHILOX_ROOM) {
    Words w0 = counter, w1 = zero + b, w2 = zero + c,
          w3 = zero + static_cast<std::uint32_t>(stream);
    counter += PHILOX_BLOCKS;
    std::uint32_t k0 = static_cast<std::uint32_t>(seed);
    std::uint32_t k1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < 10; ++round) {
      const Words p = widening_product(first, w0), q = widening_product(second, w2);
      w0 = (q >> 32) ^ w1 ^ k0;
      w1 = q;
      w2 = (p >> 32) ^ w3 ^ k1;
      w3 = p;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    // Words 0 and 1 of a block in one 64-bit word, 2 and 3 in the next.
    const Words low = (w0 & 0xffffffff) | (w1 << 32), high = (w2 & 0xffffffff) | (w3 << 32);
    const Words out[2] = {interleave<false>(low, high), interleave<true>(low, high)};
    __builtin_memcpy(words, out, sizeof out);
  }
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
