// The route table: every path the server answers.
#pragma once

#include <span>

#include "api/route.hpp"

namespace tollgate::api {

std::span<const Route> routes();

}  // namespace tollgate::api
