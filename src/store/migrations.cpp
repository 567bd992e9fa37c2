#include "store/migrations.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <fmt/format.h>

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

int version_of(std::string_view name) {
  constexpr std::size_t kDigits = 4;
  if (name.size() < kDigits + 2 || name[kDigits] != '_' || !name.ends_with(".sql")) return 0;
  int version = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, version);
  return error == std::errc{} && end == name.data() + kDigits ? version : 0;
}

// What is applied must be a prefix of what the program has, file by file.
base::Status check_history(const std::string& place, std::span<const AppliedMigration> applied,
                           std::span<const Migration> known) {
  if (applied.size() > known.size()) {
    return fail(ErrorCode::kPreconditionFailed,
                fmt::format("{} has schema version {}, this program knows versions up to {}: start a newer tollgate, "
                            "or restore the backup made before the upgrade",
                            place, applied.back().version, known.size()));
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (applied[i].version == known[i].version && applied[i].checksum == known[i].checksum) continue;
    return fail(ErrorCode::kPreconditionFailed,
                fmt::format("{} was migrated with another {} than this program has: its schema is unknown. Start the "
                            "tollgate that made it, or restore a backup",
                            place, applied[i].name));
  }
  return {};
}

MigrationStatus status_of(std::size_t applied, std::span<const Migration> known) {
  MigrationStatus status{.current = static_cast<int>(applied), .latest = static_cast<int>(known.size())};
  for (const auto& migration : known.subspan(applied)) status.pending.push_back(migration.name);
  return status;
}

}  // namespace

base::Result<std::vector<Migration>> read_migrations(std::span<const EmbeddedFile> files) {
  std::vector<Migration> migrations;
  for (const auto& file : files) {
    migrations.push_back({version_of(file.path), std::string(file.path), base::Sha256::of(file.content), file.content});
  }
  std::ranges::sort(migrations, {}, &Migration::version);
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version == static_cast<int>(i) + 1) continue;
    return fail(
        ErrorCode::kInternal,
        fmt::format("migration file {} is misnamed or out of sequence: expected number {}", migrations[i].name, i + 1));
  }
  return migrations;
}

base::Result<MigrationStatus> migration_status(MigrationTarget& target, std::span<const EmbeddedFile> files) {
  TRY(const auto known, read_migrations(files));
  TRY(const auto applied, target.applied());
  TRY_STATUS(check_history(target.place(), applied, known));
  return status_of(applied.size(), known);
}

base::Result<MigrationStatus> migrate_up(MigrationTarget& target, std::span<const EmbeddedFile> files) {
  TRY(const auto known, read_migrations(files));
  TRY(const auto applied, target.applied());
  TRY_STATUS(check_history(target.place(), applied, known));
  for (const auto& migration : std::span(known).subspan(applied.size())) {
    if (auto done = target.apply(migration); !done) {
      done.error().message =
          fmt::format("migration {} failed and was undone: {}", migration.name, done.error().message);
      return fail(std::move(done).error());
    }
  }
  return status_of(known.size(), known);
}

}  // namespace tollgate::store
