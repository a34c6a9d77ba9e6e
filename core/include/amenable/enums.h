// How enumerations are written that Python knows by name: once, here as identifiers and in names.h
// as words.
#pragma once

#include <cstdint>

namespace amenable {

template <class Enum>
struct Words;

}  // namespace amenable

#define AMENABLE_ENUM(Enum, Underlying, ...)     \
  enum class Enum : Underlying { __VA_ARGS__ };  \
  template <>                                    \
  struct Words<Enum> {                           \
    static constexpr const char* type = #Enum;   \
    static constexpr char list[] = #__VA_ARGS__; \
  };

// The columns of a row of numbers, and how many there are.
#define AMENABLE_COLUMNS(Enum, count, ...)       \
  enum Enum : int { __VA_ARGS__, count };        \
  template <>                                    \
  struct Words<Enum> {                           \
    static constexpr const char* type = #Enum;   \
    static constexpr char list[] = #__VA_ARGS__; \
  };
