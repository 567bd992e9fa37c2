// The answers of a charter, given and computed, as data.
#pragma once

#include "base/value.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

base::Value answers_json(const Review& review);
base::Value computed_json(const Review& review);

}  // namespace tollgate::charter
