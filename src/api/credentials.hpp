// Secrets that are made here and shown once: API keys and the tokens of signed-in browsers, 256 random bits each. Only
// their hashes are stored. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/sha256.hpp"

namespace tollgate::api {

struct NewApiKey {
  std::string id;    // "tg_4fK2m9Qx": names the key wherever it is listed
  std::string text;  // "tg_4fK2m9Qx_…": the key itself
};

NewApiKey make_api_key();
std::string make_token();

// A hash suffices: what it hides is random, not a word that could be guessed.
base::Sha256 hash_of(std::string_view secret);

// What a page must send back with each write, which no other site can know. Follows from the browser's token.
std::string csrf_token(std::string_view token);
bool is_equal(std::string_view a, std::string_view b);  // takes as long for any two of one length

}  // namespace tollgate::api
