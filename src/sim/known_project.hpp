// The project that the simulated model "knows": the answers of a brief, by the question's full name. A model that makes
// figures up at random contradicts itself, and then honest gates stay closed; one that knows a project does not.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/value.hpp"

namespace tollgate::sim {

// Full name -> canonical value, of the last revision. kInvalidArgument names the file and line of the first mistake.
// `source` is only named in messages. Files that a brief attaches are left out.
base::Result<base::Value::Record> read_known_project(std::string_view brief, const std::string& source);

// examples/briefs/telecom-churn.yaml.
base::Result<base::Value::Record> example_project();

}  // namespace tollgate::sim
