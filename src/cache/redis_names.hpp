// What is called how in Redis.
#pragma once

#include <string>
#include <string_view>

namespace tollgate::cache {

inline constexpr std::string_view kPurgeChannel = "tollgate:purges";

inline std::string entry_name(std::string_view digest) {
  return "tollgate:cache:entry:" + std::string(digest);
}
// Holds the tag's generation: 16 hexadecimal digits, by chance. Where there is none, nothing under the tag counts.
inline std::string tag_name(std::string_view tag) {
  return "tollgate:cache:tag:" + std::string(tag);
}
inline std::string claim_name(std::string_view name) {
  return "tollgate:cache:claim:" + std::string(name);
}

// What is said on the channel.
inline constexpr std::string_view kTagPurged = "tag ";
inline constexpr std::string_view kKeyRemoved = "key ";

}  // namespace tollgate::cache
