// One call for requests that are alike on all nodes: who holds the claim makes it, the others wait until it is given
// back and then find the reply in the cache.
//
// Stands between single-flight, which does the same for one node, and the part of the cache that looks up and keeps.
// Streams are not waited for: their reader would see nothing before the end. Where Redis cannot be asked, or the wait
// grows too long, each node makes its own call.
#pragma once

#include <chrono>
#include <memory>

#include "cache/claims.hpp"
#include "llm/provider.hpp"

namespace tollgate::llm {

struct ClaimConfig {
  std::chrono::milliseconds longest_wait{30'000};
  std::chrono::milliseconds first_pause{10};  // between two looks; doubled each time
  std::chrono::milliseconds longest_pause{200};
};

// `claims` is of the executor used and must outlive the provider.
std::unique_ptr<Provider> make_claimed_provider(std::unique_ptr<Provider> inner, cache::Claims& claims,
                                                ClaimConfig config = {});

}  // namespace tollgate::llm
