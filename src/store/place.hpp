// Where in a database a value stands: what a sealed value is bound to (store/value_cipher.hpp). Plain values.
//
// The names are part of what is stored: changing one makes every value of its kind unreadable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/sha256.hpp"

namespace tollgate::store {

// No text holds a NUL; request_checks.hpp sees to it.
struct Place {
  std::string_view part;       // "input", "outcome", "event", "settings", "checkpoint", "blob", "reply"
  std::string owner;           // session; digest of a blob
  std::string_view kind{};     // of an entry or event; borrowed
  std::string_view subject{};  // of an entry; borrowed
  std::int64_t number = 0;     // version or sequence

  std::string to_text() const;  // no two places read alike
};

Place place_of_input(const base::SessionId& session, std::string_view kind, std::string_view subject,
                     std::int64_t version);
Place place_of_outcome(const base::SessionId& session, std::string_view kind, std::string_view subject,
                       std::int64_t version);
Place place_of_event(const base::SessionId& session, std::string_view type, std::int64_t seq);
Place place_of_settings(const base::SessionId& session);
Place place_of_checkpoint(const base::SessionId& session, std::int64_t seq);  // its manifest
Place place_of_blob(const base::Sha256& digest);
Place place_of_reply(const base::Sha256& digest);  // of a model, in a cache outside this process
Place place_of_key_check(std::string_view key_id);

}  // namespace tollgate::store
