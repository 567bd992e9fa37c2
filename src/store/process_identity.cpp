#include "store/process_identity.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

namespace tollgate::store {
namespace {

struct ProcessStat {
  char state = '?';
  std::int64_t start = 0;
};

// The command name (field 2) may hold spaces and parentheses: fields are counted from its last ')'.
std::optional<ProcessStat> read_stat(std::int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto close = line.rfind(')');
  if (close == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(close + 1));
  ProcessStat stat;
  fields >> stat.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> stat.start;
  return fields ? std::optional(stat) : std::nullopt;
}

std::string read_host() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::error_code error;
  const auto name_space = std::filesystem::read_symlink("/proc/self/ns/pid", error);
  if (!std::getline(file, boot) || error) return {};
  return boot + " " + name_space.string();
}

}  // namespace

ProcessIdentity this_process() {
  const auto pid = static_cast<std::int64_t>(::getpid());
  const auto stat = read_stat(pid);
  if (!stat) return {.host = {}, .pid = pid, .start = 0};
  return {.host = read_host(), .pid = pid, .start = stat->start};
}

bool has_ended(const ProcessIdentity& process, const ProcessIdentity& self) {
  if (self.host.empty() || process.host != self.host) return false;
  const auto stat = read_stat(process.pid);
  // /proc may hide the processes of other users: only the kernel's own word counts for one that is not there.
  if (!stat) return ::kill(static_cast<pid_t>(process.pid), 0) != 0 && errno == ESRCH;
  return stat->start != process.start || stat->state == 'Z' || stat->state == 'X';
}

}  // namespace tollgate::store
