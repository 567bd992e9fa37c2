// Under which key a reply is kept: SHA-256 over everything that may change it.
//
// Every part is written with its length before it, so that no two requests run into one another. Of a client's request
// all members count, also those nobody here knows, in a canonical form: the order of an object's members and white
// space do not matter, all else does, the case of letters and the form of a number too (1 is not 1.0). What only
// decides how the reply is delivered (stream, stream_options) and the name that the model was asked for by do not
// count.
#pragma once

#include "base/sha256.hpp"
#include "llm/chat.hpp"

namespace tollgate::llm {

base::Sha256 cache_key(const ChatRequest& request, const Target& target);

std::string account_tag(std::string_view account);
std::string key_tag(std::string_view key);
std::string model_tag(const Target& model);
std::string namespace_tag(std::string_view account, std::string_view space);
std::string session_tag(std::string_view id);

// What the reply can be purged by: tenant, model, session, namespace.
std::vector<std::string> cache_tags(const ChatRequest& request, const Target& target);

}  // namespace tollgate::llm
