#include "arena.h"

#include <cstdlib>
#include <memory>
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
  // calloc, because it leaves large pieces to the system, which zeroes them page by page when they
  // are first used; it knows no alignment.
  std::size_t whole = (n / line + 2) * line;
  void* piece = std::calloc(whole, 1);
  if (piece == nullptr) throw std::bad_alloc();
  pieces_[n_pieces_++] = piece;
  size_ += whole;
  return std::align(line, whole - line, piece, whole);
}

// Here and not in the header, whose copies would be compiled for one instruction set or another.
Arena::Arena() = default;

Arena::~Arena() {
  for (std::size_t i = 0; i < n_pieces_; ++i) std::free(pieces_[i]);
  std::free(pieces_);
}

}  // namespace amenable
