// Where the members of a JSON object lie in its text, so that one can be read or replaced and every other byte be left
// as it is.
//
// Pure, one pass, no copies but of names. It takes for granted that the text is JSON (see body_meaning); of other text
// it refuses what it notices and never reads past the end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tollgate::llm::gateway {

struct ObjectText {
  struct Member {
    std::string name;       // with its escapes resolved: "mod\u0065l" is model
    std::size_t begin = 0;  // of the value
    std::size_t end = 0;    // one past it
  };

  std::string_view text;
  std::vector<Member> members;  // in the order of the text
  std::size_t close = 0;        // where the closing brace is

  const Member* find(std::string_view name) const;              // the first of that name; nullptr: none
  std::string_view value(const Member& member) const;           // its text
  std::string_view value_or_null(std::string_view name) const;  // "null" when there is none
};

// `text` must outlive the result.
base::Result<ObjectText> read_object_text(std::string_view text);

}  // namespace tollgate::llm::gateway
