#include "store/place.hpp"

namespace tollgate::store {

std::string Place::to_text() const {
  std::string text;
  for (const std::string_view field : {part, std::string_view(owner), kind, subject}) {
    text.append(field);
    text.push_back('\0');
  }
  return text + std::to_string(number);
}

Place place_of_input(const base::SessionId& session, std::string_view kind, std::string_view subject,
                     std::int64_t version) {
  return {"input", session.to_string(), kind, subject, version};
}

Place place_of_outcome(const base::SessionId& session, std::string_view kind, std::string_view subject,
                       std::int64_t version) {
  return {"outcome", session.to_string(), kind, subject, version};
}

Place place_of_event(const base::SessionId& session, std::string_view type, std::int64_t seq) {
  return {"event", session.to_string(), type, {}, seq};
}

Place place_of_settings(const base::SessionId& session) {
  return {"settings", session.to_string(), {}, {}, 0};
}

Place place_of_checkpoint(const base::SessionId& session, std::int64_t seq) {
  return {"checkpoint", session.to_string(), {}, {}, seq};
}

Place place_of_blob(const base::Sha256& digest) {
  return {"blob", digest.to_hex(), {}, {}, 0};
}

Place place_of_reply(const base::Sha256& digest) {
  return {"reply", digest.to_hex(), {}, {}, 0};
}
Place place_of_key_check(std::string_view key_id) {
  return {"key", std::string(key_id), {}, {}, 0};
}

}  // namespace tollgate::store
