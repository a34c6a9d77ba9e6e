// Arguments by keyword. A table names each once, next to where its value goes; so none can take
// another's place, and errors say which does not fit.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <optional>
#include <string>

#include "amenable/names.h"

namespace amenable {

namespace nb = nanobind;

template <class T, int ndim>
using Array = nb::ndarray<T, nb::ndim<ndim>, nb::c_contig, nb::device::cpu>;
template <class T, int ndim>
using Input = Array<const T, ndim>;
template <class T, int ndim>
using Optional = std::optional<Array<T, ndim>>;

// What an argument of type T takes, in words.
template <class T>
struct Expected {
  static std::string words() {
    return std::is_enum_v<T>             ? "a name"
           : std::is_same_v<T, bool>     ? "True or False"
           : std::is_integral_v<T>       ? "an integer"
           : std::is_floating_point_v<T> ? "a number"
                                         : "a plan";
  }
};
template <class T, class... Options>
struct Expected<nb::ndarray<T, Options...>> {
  static std::string words() {
    const char* kind = std::is_floating_point_v<T> ? "float" : std::is_signed_v<T> ? "int" : "uint";
    return std::string("an array of ") + kind + std::to_string(8 * sizeof(T)) + " with " +
           std::to_string(nb::ndarray<T, Options...>::Config::N) + " axes in C order";
  }
};
template <class T>
struct Expected<std::optional<T>> : Expected<T> {};

class Arguments {
 public:
  Arguments(const char* owner, const nb::kwargs& given) : owner_(owner), given_(given) {}

  template <class T>
  void required(const char* name, T& value) {
    if (!optional(name, value)) fail(name, "is missing");
  }

  // False where it is not given: the value stays as it is.
  template <class T>
  bool optional(const char* name, T& value) {
    if (!given_.contains(name)) return false;
    const nb::object object = given_[name];
    nb::del(given_[name]);
    // Never a converted copy of an array: results written to it would be lost.
    constexpr bool converts = std::is_arithmetic_v<T>;
    bool fits;
    if constexpr (std::is_enum_v<T>) {
      std::string word;
      fits = nb::try_cast(object, word);
      if (fits) value = parse<T>(word);
    } else {
      fits = nb::try_cast(object, value, converts);
    }
    if (!fits)
      fail(name, "must be " + Expected<T>::words() + ", got " +
                     nb::cast<std::string>(nb::inst_name(object)));
    return true;
  }

  // To be called when all that are known have been taken.
  void no_others() const {
    for (const auto [name, value] : given_) fail(nb::cast<const char*>(name), "is unknown");
  }

 private:
  [[noreturn]] void fail(const char* name, const std::string& what) const {
    throw nb::type_error((owner_ + ": " + name + " " + what).c_str());
  }

  std::string owner_;
  nb::kwargs given_;  // less those that have been taken
};

}  // namespace amenable
