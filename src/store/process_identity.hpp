// Which process this is, in a form that another process on the same machine can check: a process id alone is reused.
#pragma once

#include <cstdint>
#include <string>

namespace tollgate::store {

struct ProcessIdentity {
  std::string host;  // boot of the machine and process-id name space; empty when unknown
  std::int64_t pid = 0;
  std::int64_t start = 0;  // clock ticks since boot, /proc/PID/stat field 22
};

ProcessIdentity this_process();

// True only when that process surely has ended: it ran in our name space, and is gone, a zombie, or another by now.
bool has_ended(const ProcessIdentity& process, const ProcessIdentity& self);

}  // namespace tollgate::store
