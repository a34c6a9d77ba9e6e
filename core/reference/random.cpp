// Philox and the three uses of its numbers that need no network: initial weights, order of samples
// and, in network.cpp, dropout.
#include <cmath>

#include "reference/reference.h"

namespace amenable::reference {

Words philox(Words counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
    const auto high = [](std::uint64_t p) { return static_cast<std::uint32_t>(p >> 32); };
    const auto low = [](std::uint64_t p) { return static_cast<std::uint32_t>(p); };
    counter = {high(p1) ^ counter[1] ^ key[0], low(p1), high(p0) ^ counter[3] ^ key[1], low(p0)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return counter;
}

Words random_words(std::uint64_t seed, std::uint32_t a, std::uint32_t b, std::uint32_t c,
                   Stream stream) {
  return philox({a, b, c, static_cast<std::uint32_t>(stream)},
                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

namespace {

// 53 bits of two words, in (0, 1).
double unit_interval(std::uint32_t high, std::uint32_t low) {
  const double bits = high * 0x1p21 + (low >> 11);
  return (bits + 0.5) / 0x1p53;
}

std::int64_t below(std::uint32_t word, std::int64_t n) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(word) * n >> 32);
}

// Where the numbers of a layer come from; `part`: 0 weights, 1 biases; the first pair of numbers.
struct Source {
  std::uint64_t seed;
  int layer, part;
  std::uint32_t first;
};

// Two independent numbers, uniform on (0, 1), for each counter.
Numbers uniform_numbers(std::size_t n, const Source& it) {
  Numbers u;
  for (std::uint32_t i = it.first; u.size() < n + n % 2; ++i) {
    const Words words = random_words(it.seed, i, it.layer, it.part, Stream::weights);
    u.push_back(unit_interval(words[0], words[1]));
    u.push_back(unit_interval(words[2], words[3]));
  }
  return u;
}

Numbers uniform(std::size_t n, double limit, const Source& source) {
  Numbers x = uniform_numbers(n, source);
  for (double& it : x) it = -limit + 2 * limit * it;
  x.resize(n);
  return x;
}

// Box and Muller 1958.
Numbers normal(std::size_t n, double deviation, const Source& source) {
  Numbers x = uniform_numbers(n, source);
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const double radius = deviation * std::sqrt(-2 * std::log(x[i]));
    const double angle = 2 * std::acos(-1.0) * x[i + 1];
    x[i] = radius * std::cos(angle);
    x[i + 1] = radius * std::sin(angle);
  }
  x.resize(n);
  return x;
}

// A matrix (rows, columns) of normal numbers whose rows or, where there are more rows than columns,
// columns are made orthonormal one after the other, times gain.
Numbers orthogonal(std::size_t rows, std::size_t columns, double gain, const Source& source) {
  Numbers m = normal(rows * columns, 1, source);
  const bool is_wide = rows <= columns;
  const std::size_t n = is_wide ? rows : columns, length = is_wide ? columns : rows;
  const auto at = [&](std::size_t vector, std::size_t i) -> double& {
    return is_wide ? m[vector * columns + i] : m[i * columns + vector];
  };
  const auto dot = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += at(a, i) * at(b, i);
    return sum;
  };
  for (std::size_t v = 0; v < n; ++v) {
    for (int twice = 0; twice < 2; ++twice)
      for (std::size_t u = 0; u < v; ++u) {
        const double along = dot(u, v);
        for (std::size_t i = 0; i < length; ++i) at(v, i) -= along * at(u, i);
      }
    const double size = std::sqrt(dot(v, v));
    for (std::size_t i = 0; i < length; ++i) at(v, i) /= size;
  }
  for (double& it : m) it *= gain;
  return m;
}

}  // namespace

Numbers initial_weights(const Plan& plan, const double* layer_settings, std::uint64_t seed) {
  Numbers all;
  for (int l = 0; l < plan.n_layers; ++l, layer_settings += n_layer_settings) {
    const Layer& layer = plan.layers[l];
    const Window& window = layer.window;
    const bool is_dense = layer.kind == Kind::dense, is_pool = layer.kind >= Kind::avg_pool;
    const double kernel = window.kernel();
    std::uint32_t first = 0;  // pair of numbers
    const auto add = [&](Initializer kind, double scale, double n_in, std::size_t rows,
                         std::size_t columns, int part) {
      const double n_out = is_dense ? layer.units : is_pool ? kernel : window.maps * kernel;
      const std::size_t n = rows * columns;
      const Source source{seed, l, part, first};
      const auto within = [&](double limit) { return uniform(n, scale * limit, source); };
      const auto spread = [&](double deviation) { return normal(n, scale * deviation, source); };
      const auto numbers = [&] {
        switch (kind) {
          case Initializer::constant: return Numbers(n, scale);
          case Initializer::uniform: return within(1);
          case Initializer::normal: return spread(1);
          case Initializer::orthogonal: return orthogonal(rows, columns, scale, source);
          case Initializer::glorot_uniform: return within(std::sqrt(6 / (n_in + n_out)));
          case Initializer::glorot_normal: return spread(std::sqrt(2 / (n_in + n_out)));
          case Initializer::he_uniform: return within(std::sqrt(6 / n_in));
          case Initializer::he_normal: return spread(std::sqrt(2 / n_in));
          case Initializer::lecun_uniform: return within(std::sqrt(3 / n_in));
          case Initializer::lecun_normal: return spread(std::sqrt(1 / n_in));
          case Initializer::lecun1989: return within(2.4 / n_in);
          case Initializer::pytorch: break;
        }
        return within(1 / std::sqrt(n_in));
      }();
      all.insert(all.end(), numbers.begin(), numbers.end());
      first += static_cast<std::uint32_t>((n + 1) / 2);
    };
    const double scale = layer_settings[weight_scale];
    const double n_first = is_dense ? inputs_of(plan, l) : is_pool ? kernel : window.fan_in(0);
    if (is_dense) {
      add(layer.weight_init, scale, n_first, layer.units, inputs_of(plan, l), 0);
    } else if (is_pool) {
      if (layer.has_weights && layer.kind == Kind::avg_pool)
        add(layer.weight_init, scale, kernel, window.maps, 1, 0);
    } else {
      // Maps in a row that see as many maps are drawn together.
      const int places = layer.kind == Kind::local ? window.places() : 1;
      for (int map = 0, n = 1; map < window.maps; map += n) {
        for (n = 1;
             map + n < window.maps && window.n_connections(map + n) == window.n_connections(map);)
          ++n;
        add(layer.weight_init, scale, window.fan_in(map), n * places, window.fan_in(map), 0);
      }
    }
    first = 0;
    if (layer.has_bias)
      add(layer.bias_init, layer_settings[bias_scale], n_first, biases_of(layer), 1, 1);
  }
  return all;
}

std::vector<std::int64_t> shuffled(std::int64_t n, std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i < n; ++i) {
    const Words words = random_words(seed, i / 4, epoch, 0, Stream::order);
    const std::int64_t j = below(words[i % 4], i + 1);
    // The new number goes to place j, and what was there to the end.
    order.push_back(i);
    std::swap(order[i], order[j]);
  }
  return order;
}

Batch batch_of(const Plan& plan, const Samples<double>& samples, std::uint64_t seed,
               std::int64_t step) {
  Batch batch;
  const std::int64_t n = samples.n;
  if (plan.order == Order::replacement && plan.batch > 0) {
    for (std::int64_t s = 0; s < plan.batch; ++s) {
      const Words words = random_words(seed, s / 4, step, 1, Stream::order);
      batch.samples.push_back(below(words[s % 4], n));
    }
  } else {
    const std::int64_t size = plan.batch == 0 || plan.batch > n ? n : plan.batch;
    const std::int64_t steps_per_epoch = (n + size - 1) / size;
    const std::int64_t epoch = step / steps_per_epoch, first = step % steps_per_epoch * size;
    std::vector<std::int64_t> order;
    if (plan.order == Order::shuffled && plan.batch > 0)
      order = shuffled(n, seed, epoch);
    else
      for (std::int64_t i = 0; i < n; ++i) order.push_back(i);
    for (std::int64_t i = first; i < n && i < first + size; ++i) batch.samples.push_back(order[i]);
  }
  double sum = 0;
  for (const std::int64_t s : batch.samples) {
    batch.weights.push_back(samples.has_weights ? samples.rows[(s + 1) * samples.stride - 1] : 1);
    sum += batch.weights.back();
  }
  // A batch whose samples all weigh nothing teaches nothing.
  for (double& weight : batch.weights) weight = sum > 0 ? weight / sum : 0;
  return batch;
}

}  // namespace amenable::reference
