// An HTTP server on the loopback interface that imitates the services of Anthropic, OpenAI and Ollama, with set
// latency, token usage and faults.
//
//   POST /v1/messages   POST /v1/chat/completions   POST /api/chat   GET /v1/models   GET /api/tags   GET /health
//
// Executor: used only on the one given. Content depends on the seed and the request alone; latency and faults on the
// seed and the number of the request.
// Stop:     stop() closes everything at once; await join() of the same executor before destroying it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/sha256.hpp"
#include "base/value.hpp"
#include "net/call_context.hpp"
#include "sim/fault.hpp"
#include "sim/latency.hpp"

namespace tollgate::sim {

// One request served, as the log has it.
struct RequestRecord {
  std::string path;
  std::string model{};
  base::Sha256 body{};
  int status = 0;  // 0: not answered
  Fault fault = Fault::kNone;
  std::string correlation_id{};  // X-Request-ID
  std::chrono::milliseconds latency{};
};

struct SimulatorConfig {
  std::uint16_t port = 0;  // 0: a free one
  std::uint64_t seed = 1;
  Latency latency{};                            // until the reply, or until its first token when streamed
  std::optional<Latency> first_token{};         // instead of `latency` when streamed
  std::chrono::microseconds token_interval{0};  // between tokens of a stream; a whole reply waits for all of them
  double accept_rate = 0.85;
  base::Value::Record known{};  // see content_generator.hpp
  bool split_writes = false;    // the head of a reply goes out by itself
  double error_rate = 0;        // of the requests
  std::vector<Fault> faults{};
  std::string required_key{};  // of Anthropic and OpenAI; empty: none is asked for
  std::function<void(const RequestRecord&)> on_request{};
};

class Simulator {
 public:
  virtual ~Simulator() = default;
  virtual std::uint16_t port() const = 0;
  virtual void stop() = 0;
  virtual boost::asio::awaitable<base::Status> join(net::Deadline deadline) = 0;
};

// kUnavailable when the port is taken.
base::Result<std::unique_ptr<Simulator>> make_simulator(boost::asio::any_io_executor executor, SimulatorConfig config);

}  // namespace tollgate::sim
