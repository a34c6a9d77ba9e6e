"""The peak rate of fused multiply-adds: what the arithmetic of the machine allows at most.

A C++ program, compiled at run time for the machine it runs on: 24 chains of independent
multiply-adds in registers, no memory. On its own: ``python -m benchmarks peak``.
"""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

from benchmarks.compiler import compile_program
from benchmarks.peers import UnavailableError

# Two multiply-add units with a latency of 4 to 5 cycles need 8 to 10 chains; 24 leave room for
# other machines and fit the 32 registers of AVX-512. With 16 registers (AVX2) 12 chains fit.
SOURCE = r"""
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>
#if defined(__AVX512F__)
constexpr int LANES = 16, CHAINS = 24;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int LANES = 8, CHAINS = 12;
#else
constexpr int LANES = 4, CHAINS = 12;
#endif
typedef float V __attribute__((vector_size(LANES * 4)));
// Half a second: in much less, two new threads may still share one core.
constexpr long ROUNDS = 60000000;

static void work(float *out) {
  volatile float one = 1.0f, tiny = 1e-9f;  // unknown to the compiler
  const V a = V{} + one, b = V{} + tiny;
  V x[CHAINS];
  for (int i = 0; i < CHAINS; i++) x[i] = V{} + float(i);
  for (long r = 0; r < ROUNDS; r++)
#pragma GCC unroll 32
    for (int i = 0; i < CHAINS; i++) x[i] = x[i] * a + b;
  V sum{};
  for (int i = 0; i < CHAINS; i++) sum += x[i];
  *out = sum[0];
}

int main(int, char **argv) {
  const int threads = std::atoi(argv[1]);
  std::vector<float> out(threads * 16);
  std::vector<std::thread> pool;
  const auto start = std::chrono::steady_clock::now();
  for (int t = 0; t < threads; t++) pool.emplace_back(work, &out[t * 16]);
  for (auto &t : pool) t.join();
  const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%d %f\n", LANES, 2.0 * LANES * CHAINS * ROUNDS * threads / s / 1e9);
}
"""


class Peak:
    """The compiled program; `run` gives GFLOP/s of float32."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        source, self.program = Path(self.folder.name) / "peak.cpp", Path(self.folder.name) / "peak"
        source.write_text(SOURCE)
        try:
            compile_program(source, self.program, "-ffp-contract=fast")
        except RuntimeError as error:
            raise UnavailableError(str(error)) from error

    def run(self, threads: int) -> tuple[int, float]:
        """Lanes of a register, and GFLOP/s of all threads together."""
        command = [str(self.program), str(threads)]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        lanes, gflops = text.split()
        return int(lanes), float(gflops)


@cache
def program() -> Peak:
    return Peak()


_best: dict[int, float] = {}  # by threads


def peak_gflops(threads: int, repeats: int = 3) -> float:
    """The best of all runs so far: a peak is what the machine can do when nobody disturbs it."""
    found = (program().run(threads)[1] for _ in range(repeats))
    _best[threads] = max(_best.get(threads, 0.0), *found)
    return _best[threads]
