// A JSON text in one form for all texts that say the same, to be hashed or compared.
//
// Members of objects are sorted, white space is gone, strings are unescaped bytes with their length before them;
// numbers stay as they were written, since 1 and 1.0 may mean different things to whom they are sent. The result is no
// JSON. Unlike Value it takes any number of digits.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/sha256.hpp"

namespace tollgate::base {

// Without these members of the outermost object. kInvalidArgument names the byte offset: no JSON object, deeper than 64
// levels, or a member that occurs twice.
Result<std::string> canonical_json(std::string_view text, std::initializer_list<std::string_view> without = {});

// Hashes texts one after another, each with its length before it: ("ab", "c") is not ("a", "bc").
class Fingerprint {
 public:
  Fingerprint& add(std::string_view text);
  Fingerprint& add_number(std::uint64_t number);
  Sha256 sha256() const { return Sha256::of(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace tollgate::base
