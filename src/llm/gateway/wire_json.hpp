// JSON of clients and providers with the order of its members kept: a model reads the members of a tool's schema in the
// order they are written in. Everywhere else the program has base::Value.
//
// Pure. Depth is bounded by 64; sizes are bounded by whoever read the text from the network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"

namespace tollgate::llm::gateway {
namespace json = boost::json;

// One JSON value; of a key that occurs twice the last one counts, as in most libraries.
// All of it lies in `storage`, which must outlive it.
base::Result<json::value> parse_text(std::string_view text, json::storage_ptr storage = {});

// Without white space; numbers in their shortest form ("0.2").
void append_text(std::string& out, const json::value& value);
std::string to_text(const json::value& value);

// Members of a value that may be anything: null, "" or 0 where there is none of that kind.
const json::value& member(const json::value& value, std::string_view key);
const json::value& member(const json::object& object, std::string_view key);
std::string_view string_member(const json::value& value, std::string_view key);
std::string_view string_member(const json::object& object, std::string_view key);
std::int64_t count_member(const json::value& value, std::string_view key);  // negative: 0
bool is_true(const json::value& value);

std::string_view view(const json::string& text);

// What these return lies in what they are given.
const json::value& member(json::value&&, std::string_view) = delete;
const json::value& member(json::object&&, std::string_view) = delete;
std::string_view string_member(json::value&&, std::string_view) = delete;
std::string_view string_member(json::object&&, std::string_view) = delete;

}  // namespace tollgate::llm::gateway
