// The OpenAPI 3.1 document, made from the route table and schemas.json.
#pragma once

#include <span>
#include <string_view>

#include "api/route.hpp"
#include "base/value.hpp"

namespace tollgate::api {

base::Value openapi_document(std::span<const Route> routes, std::string_view version);

// A schema of schemas.json by name. A name that is not there is a mistake of the route table: kInternal.
base::Result<base::Value> schema_named(std::string_view name);

}  // namespace tollgate::api
