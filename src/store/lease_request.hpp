// Who wants which lease, for how long. Plain value.
#pragma once

#include <chrono>
#include <string>

#include "base/ids.hpp"
#include "store/process_identity.hpp"

namespace tollgate::store {

struct LeaseRequest {
  base::SessionId session;
  std::string scope;
  base::BootId owner;
  std::chrono::milliseconds ttl;
  ProcessIdentity process;  // of the owner
};

}  // namespace tollgate::store
