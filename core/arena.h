// Memory that lives as long as one worker's group: taken piece by piece, given back at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace amenable {

class Arena {
 public:
  Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  // n zeroed elements on a cache line of their own. Throws std::bad_alloc.
  template <class T>
  __attribute__((always_inline)) T* take(std::int64_t n) {
    return static_cast<T*>(bytes(static_cast<std::size_t>(n) * sizeof(T)));
  }

  std::size_t size_bytes() const { return size_; }

 private:
  void* bytes(std::size_t n);

  void** pieces_ = nullptr;
  std::size_t n_pieces_ = 0, room_ = 0, size_ = 0;
};

}  // namespace amenable
