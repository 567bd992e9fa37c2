#include "api/permissions.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/text.hpp"

namespace tollgate::api {
namespace {

enum class Scope { kRead, kWrite, kAdmin };

struct Row {
  Permission permission;
  Roles roles;
  Scope scope;
};

using enum Role;

constexpr Row kTable[] = {
    {Permission::kNone, kAllRoles, Scope::kRead},
    {Permission::kKnown, kAllRoles, Scope::kRead},
    {Permission::kCreate, {kOwner, kContributor, kReviewer, kCommittee, kAdmin}, Scope::kWrite},
    {Permission::kRead, kAllRoles, Scope::kRead},
    {Permission::kAnswer, {kOwner, kContributor, kAdmin}, Scope::kWrite},
    {Permission::kRun, {kOwner, kContributor, kAdmin}, Scope::kWrite},
    {Permission::kWaive, {kReviewer, kCommittee, kAdmin}, Scope::kWrite},
    {Permission::kFork, {kOwner, kContributor, kAdmin}, Scope::kWrite},
    {Permission::kShare, {kOwner, kAdmin}, Scope::kWrite},
    {Permission::kDelete, {kOwner, kAdmin}, Scope::kWrite},
    {Permission::kModels, kAllRoles, Scope::kWrite},
    {Permission::kSeeUsage, kAllRoles, Scope::kRead},
    {Permission::kAudit, {kAuditor, kAdmin}, Scope::kAdmin},
    {Permission::kSeeKeys, kAllRoles, Scope::kRead},
    // A key that was lost must not be able to make itself a successor.
    {Permission::kManageKeys, kAllRoles, Scope::kAdmin},
    {Permission::kPurgeCache, {kAdmin}, Scope::kAdmin},
};

constexpr std::array<std::pair<Role, std::string_view>, 6> kNames{{{kOwner, "owner"},
                                                                   {kContributor, "contributor"},
                                                                   {kReviewer, "reviewer"},
                                                                   {kCommittee, "committee"},
                                                                   {kAuditor, "auditor"},
                                                                   {kAdmin, "admin"}}};

const Row& row_of(Permission permission) {
  return *std::find_if(std::begin(kTable), std::end(kTable),
                       [permission](const Row& row) { return row.permission == permission; });
}

}  // namespace

std::optional<Role> parse_role(std::string_view name) {
  for (const auto& [role, its_name] : kNames) {
    if (its_name == name) return role;
  }
  return std::nullopt;
}

std::string_view name(Role role) {
  return kNames[static_cast<std::size_t>(role)].second;
}

std::optional<Scopes> parse_scopes(std::string_view text) {
  Scopes scopes;
  for (const auto part : base::split(text, ',')) {
    const auto scope = base::trim(part);
    if (scope == "read") {
      scopes.read = true;
    } else if (scope == "write") {
      scopes.write = true;
    } else if (scope == "admin") {
      scopes.admin = true;
    } else {
      return std::nullopt;
    }
  }
  return scopes;
}

bool is_permitted(Permission permission, Roles roles) {
  return permission == Permission::kNone || roles.overlaps(row_of(permission).roles);
}

bool is_in_scope(Permission permission, Scopes scopes) {
  switch (row_of(permission).scope) {
    case Scope::kRead: return scopes.read;
    case Scope::kWrite: return scopes.write;
    case Scope::kAdmin: return scopes.admin;
  }
  return false;
}

bool reaches_every_session(Role role) {
  return role != kOwner && role != kContributor;
}

}  // namespace tollgate::api
