// What is known of each provider's replicas and their models: breaker and load. Shared by all threads, and kept when
// the configuration is read again.
//
// Bounded: clients of the gateway may name any model, so that beyond kMaxStates the models of a replica share one
// state.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "llm/router/breaker.hpp"
#include "llm/router/load.hpp"

namespace tollgate::llm {

struct UpstreamState {
  explicit UpstreamState(BreakerConfig config) : breaker(config) {}
  Breaker breaker;
  Load load;
};

class UpstreamStates {
 public:
  static constexpr std::size_t kMaxStates = 1'000;

  explicit UpstreamStates(BreakerConfig config = {}) : config_(config) {}

  // Lives as long as this object.
  UpstreamState& of(std::string_view upstream, std::string_view model);

  void configure(BreakerConfig config);    // all that are there and all to come; they keep what they know
  void forget(std::string_view upstream);  // what is known of it: another server or key has its name now

 private:
  using Name = std::pair<std::string, std::string>;

  std::mutex mutex_;  // guards what follows
  BreakerConfig config_;
  std::map<Name, std::unique_ptr<UpstreamState>, std::less<>> states_;
};

}  // namespace tollgate::llm
