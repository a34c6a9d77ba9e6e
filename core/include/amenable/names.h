// The names of everything that can be chosen: the words of the enumerations in plan.h and trial.h,
// which are the same in Python.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "amenable/plan.h"
#include "amenable/trial.h"

namespace amenable {

template <class Enum>
const std::vector<std::string>& names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> words(1);
    for (const char* c = Words<Enum>::list; *c != '\0'; ++c)
      if (*c == ',')
        words.emplace_back();
      else if (*c != ' ')
        words.back() += *c;
    return words;
  }();
  return all;
}

template <class Enum>
const char* name_of(Enum value) {
  return names<Enum>()[static_cast<std::size_t>(value)].c_str();
}

template <class Enum>
Enum parse(const std::string& name) {
  const auto& known = names<Enum>();
  for (std::size_t i = 0; i < known.size(); ++i)
    if (name == known[i]) return static_cast<Enum>(i);
  throw std::invalid_argument(std::string("unknown ") + Words<Enum>::type + " '" + name + "'");
}

}  // namespace amenable
