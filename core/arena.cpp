#include "arena.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace amenable {

constexpr std::size_t line = 64;

void* Arena::bytes(std::size_t n) {
  if (n_pieces_ == room_) {
    const std::size_t room = room_ == 0 ? 64 : 2 * room_;
    void** pieces = static_cast<void**>(std::realloc(pieces_, room * sizeof(void*)));
    if (pieces == nullptr) throw std::bad_alloc();
    pieces_ = pieces;
    room_ = room;
  }
  const std::size_t whole = (n / line + 1) * line;
  void* piece = std::aligned_alloc(line, whole);
  if (piece == nullptr) throw std::bad_alloc();
  std::memset(piece, 0, whole);
  pieces_[n_pieces_++] = piece;
  size_ += whole;
  return piece;
}

Arena::~Arena() {
  for (std::size_t i = 0; i < n_pieces_; ++i) std::free(pieces_[i]);
  std::free(pieces_);
}

}  // namespace amenable
