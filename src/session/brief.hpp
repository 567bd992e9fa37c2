// A brief: what is known of a project before anybody is asked. One YAML file.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/date.hpp"
#include "base/result.hpp"
#include "base/value.hpp"
#include "protocol/diagnostic.hpp"
#include "protocol/model.hpp"
#include "protocol/source.hpp"

namespace tollgate::session {

inline constexpr std::size_t kMaxBriefBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxBriefTextBytes = 100'000;

struct BriefWaiver {
  std::string stage;
  std::string rule;
  std::string role;
  std::string author;
  std::string reason;
  std::optional<base::Date> due{};
};

struct Brief {
  std::string title;
  std::string text{};  // free-form description, for a model that drafts
  std::string profile{};
  std::map<std::string, std::string, std::less<>> options{};
  // By full name: the values to give one after another, the next when the one before was rejected or blocks a gate.
  std::map<std::string, std::vector<base::Value>, std::less<>> answers{};
  std::vector<BriefWaiver> waivers{};
};

// Turns the path of a `file` answer, relative to the brief, into {name, sha256, bytes}.
using FileLoader = std::function<base::Result<base::Value>(const std::string& path)>;

// The `protocol:` a brief asks for; empty when it names none. Read first, to know which protocol reads the rest.
std::string brief_protocol(const protocol::SourceNode& root);

// Every mistake is a diagnostic with its line: unknown question, wrong type, too long …
std::expected<Brief, std::vector<protocol::Diagnostic>> read_brief(const protocol::SourceNode& root,
                                                                   const protocol::Protocol& protocol,
                                                                   const FileLoader& load_file);

}  // namespace tollgate::session
