// tollgate encryption status | rotate | new-key
#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/json.hpp"
#include "cli/command.hpp"
#include "cli/database.hpp"
#include "store/encryption_key.hpp"

namespace tollgate::cli {
namespace {

using base::Value;

struct Database {
  std::string place;
  store::EncryptionKeys keys;
};

base::Result<Database> database_of(const Config& config) {
  TRY(auto place, database_place(config.database_url));
  return Database{std::move(place), encryption_keys(config)};
}

std::int64_t count_under(const store::EncryptionStatus& status, const std::string& key_id) {
  const auto found = status.values.find(key_id);
  return found == status.values.end() ? 0 : found->second;
}

std::string_view state_of(const store::StoredKey& key, const store::EncryptionKeys& held) {
  if (held.empty()) return "not set";
  const auto is_it = [&](const store::EncryptionKey& candidate) { return candidate.id() == key.id; };
  if (is_it(held.front())) return "TOLLGATE_ENCRYPTION_KEY";
  return std::any_of(held.begin(), held.end(), is_it) ? "TOLLGATE_ENCRYPTION_OLD_KEYS" : "not set";
}

// What is left for `rotate`: values that are plain or under another key than the one that is set.
std::int64_t count_left(const store::EncryptionStatus& status, const store::EncryptionKeys& held) {
  if (held.empty()) return 0;
  std::int64_t left = 0;
  for (const auto& [key_id, count] : status.values) left += key_id == held.front().id() ? 0 : count;
  return left;
}

void print_status(std::ostream& out, const Database& database, const store::EncryptionStatus& status) {
  fmt::print(out, "{}: {}\n", database.place, status.keys.empty() ? "not encrypted" : "encrypted");
  for (const auto& key : status.keys) {
    fmt::print(out, "  key {}  {} values  {}{}\n", key.id, count_under(status, key.id), state_of(key, database.keys),
               key.retired ? ", being replaced" : "");
  }
  if (const auto plain = count_under(status, ""); plain > 0) fmt::print(out, "  plain  {} values\n", plain);
  if (const auto left = count_left(status, database.keys); left > 0) {
    fmt::print(out, "{} values are not under TOLLGATE_ENCRYPTION_KEY: run `tollgate encryption rotate`\n", left);
  }
}

Value to_json_value(const Database& database, const store::EncryptionStatus& status) {
  Value::List keys;
  for (const auto& key : status.keys) {
    keys.push_back(Value::Record{{"id", key.id},
                                 {"values", count_under(status, key.id)},
                                 {"set_as", state_of(key, database.keys)},
                                 {"being_replaced", key.retired}});
  }
  return Value::Record{{"database", database.place},
                       {"encrypted", !status.keys.empty()},
                       {"keys", std::move(keys)},
                       {"plain_values", count_under(status, "")},
                       {"values_to_rotate", count_left(status, database.keys)}};
}

base::Status show_status(Invocation& invocation, const bool& json) {
  TRY(const auto config, invocation.config());
  TRY(const auto database, database_of(config));
  TRY(const auto status, stored_encryption(config));
  if (json) {
    fmt::print(invocation.world.out, "{}\n", base::to_json(to_json_value(database, status)));
  } else {
    print_status(invocation.world.out, database, status);
  }
  return {};
}

// A line a second: on a terminal it is written over.
class RotationLines {
 public:
  explicit RotationLines(const Surroundings& world) : world_(world) {}

  void show(std::int64_t sealed, std::int64_t of) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds(1);
    fmt::print(world_.err, "{}encrypted {} of {} values{}", world_.err_is_terminal ? "\r" : "", sealed, of,
               world_.err_is_terminal ? "" : "\n");
    world_.err.flush();
    is_open_ = world_.err_is_terminal;
  }
  void end() {
    if (is_open_) fmt::print(world_.err, "\n");
  }

 private:
  const Surroundings& world_;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  bool is_open_ = false;  // the line on the terminal
};

base::Status rotate(Invocation& invocation, const bool& json) {
  TRY(const auto config, invocation.config());
  TRY(const auto database, database_of(config));
  RotationLines lines(invocation.world);
  const auto sealed =
      rotate_keys(config, [&](std::int64_t done, std::int64_t of) { lines.show(done, of); });
  lines.end();
  if (!sealed) return base::fail(sealed.error());
  const auto key_id = database.keys.front().id();
  if (json) {
    fmt::print(invocation.world.out, "{}\n",
               base::to_json(Value::Record{{"database", database.place}, {"key", key_id}, {"values", *sealed}}));
  } else {
    fmt::print(invocation.world.out,
               "{}: {} values encrypted; all of them are under the key {}. No other key is needed any more, but for "
               "older backups\n",
               database.place, *sealed, key_id);
  }
  return {};
}

// The key alone on standard output: a script takes it from there.
base::Status make_key(Invocation& invocation, const bool&) {
  fmt::print(invocation.world.out, "{}\n", store::new_key_text());
  return {};
}

using Action = base::Status (*)(Invocation&, const bool& json);

CLI::App* add_action(CLI::App& command, Invocation& invocation, const std::shared_ptr<bool>& json, const char* name,
                     const char* description, const char* footer, Action action) {
  auto* subcommand = command.add_subcommand(name, description);
  subcommand->footer(footer);
  subcommand->callback([&invocation, json, action] {
    if (auto done = action(invocation, *json); !done) invocation.fail(done.error());
  });
  return subcommand;
}

}  // namespace

void add_encryption_command(CLI::App& app, Invocation& invocation) {
  const auto json = std::make_shared<bool>(false);
  auto* command =
      app.add_subcommand("encryption", "Encryption of what is stored: its state, a new key, a change of keys");
  command->require_subcommand(1);
  add_action(*command, invocation, json, "status",
             "Show which keys the store needs; needs none itself, changes nothing",
             "Example: tollgate encryption status --store sqlite:./tollgate.db", show_status)
      ->add_flag("--json", *json, "As JSON");
  add_action(*command, invocation, json, "rotate",
             "Encrypt everything stored with TOLLGATE_ENCRYPTION_KEY: what is plain, and what is under a key of "
             "TOLLGATE_ENCRYPTION_OLD_KEYS. May run beside a server; repeat it when it was interrupted",
             "Example: TOLLGATE_ENCRYPTION_KEY_FILE=new.key TOLLGATE_ENCRYPTION_OLD_KEYS_FILE=old.key "
             "tollgate encryption rotate",
             rotate)
      ->add_flag("--json", *json, "As JSON");
  add_action(*command, invocation, json, "new-key", "Print a new random key, for TOLLGATE_ENCRYPTION_KEY",
             "Example: (umask 077 && tollgate encryption new-key > encryption.key)\n"
             "Keep a copy in a safe place: without the key nobody can read what is stored.",
             make_key);
}

}  // namespace tollgate::cli
