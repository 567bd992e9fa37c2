// Who may do what: one table of permissions and roles, and nothing beside it. docs/api.md prints it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate::api {

enum class Role : std::uint8_t { kOwner, kContributor, kReviewer, kCommittee, kAuditor, kAdmin };
std::optional<Role> parse_role(std::string_view name);
std::string_view name(Role role);

class Roles {
 public:
  constexpr Roles() = default;
  constexpr Roles(std::initializer_list<Role> roles) {
    for (const auto role : roles) add(role);
  }
  constexpr void add(Role role) { bits_ = static_cast<std::uint8_t>(bits_ | bit(role)); }
  constexpr bool has(Role role) const { return (bits_ & bit(role)) != 0; }
  constexpr bool overlaps(Roles other) const { return (bits_ & other.bits_) != 0; }

 private:
  static constexpr std::uint8_t bit(Role role) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(role)); }

  std::uint8_t bits_ = 0;
};

// Whoever is here at all holds: everybody, local user included.
constexpr Roles kAllRoles{Role::kOwner,     Role::kContributor, Role::kReviewer,
                          Role::kCommittee, Role::kAuditor,     Role::kAdmin};

// What an API key was made for; a person who signed in has all three.
struct Scopes {
  bool read = false;
  bool write = false;
  bool admin = false;
};
std::optional<Scopes> parse_scopes(std::string_view text);  // "read,write"; at least one

enum class Permission {
  kNone,    // no credentials are asked for: health, sign-in, the OpenAPI document
  kKnown,   // any account
  kCreate,  // a session of one's own
  kRead,    // a session and everything of it
  kAnswer,
  kRun,
  kWaive,
  kFork,
  kShare,  // say who takes part
  kDelete,
  kModels,      // call models through the gateway
  kSeeUsage,    // what calls of models cost: one's own; an admin's and an auditor's view is everybody's
  kAudit,       // read the log of all writes
  kSeeKeys,     // one's own API keys; an admin everybody's
  kManageKeys,  // make and revoke them
  kPurgeCache,  // forget replies of models, of every account
};

// Whether one who holds these roles (of the account and, for a session, in it) may do it.
bool is_permitted(Permission permission, Roles roles);
// Whether a key with these scopes may be used for it.
bool is_in_scope(Permission permission, Scopes scopes);

// What an account's own role counts for in a session of somebody else's: contributors see only where they take part.
bool reaches_every_session(Role role);

}  // namespace tollgate::api
