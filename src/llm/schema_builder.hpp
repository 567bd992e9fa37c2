// Pieces of JSON schemas as structured outputs want them: every property required, nothing additional.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/value.hpp"

namespace tollgate::llm {

base::Value string_schema();  // not empty
base::Value choice_schema(const std::vector<std::string>& values);
base::Value integer_schema(std::int64_t min, std::int64_t max);
base::Value array_schema(base::Value items, std::size_t min, std::size_t max);
base::Value object_schema(std::vector<std::pair<std::string, base::Value>> members);

}  // namespace tollgate::llm
