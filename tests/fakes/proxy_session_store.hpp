// A SessionStore in front of another one, with places where a test can fail a call, look at it or alter what is read.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/session_store.hpp"

namespace tollgate::fakes {

class ProxySessionStore final : public store::SessionStore {
 public:
  explicit ProxySessionStore(store::SessionStore& inner) : inner_(inner) {}

  std::function<std::optional<base::Error>(const store::OutcomeCommit&)> refuse_commit{};
  std::function<boost::asio::awaitable<void>()> before_commit{};
  std::function<boost::asio::awaitable<void>()> before_lease{};
  std::optional<base::Error> refuse_renewal{};
  std::function<void(store::SessionRecord&)> alter_record{};
  std::function<void(const base::Sha256&, std::string&)> alter_blob{};
  std::function<void(store::ProtocolRow&)> alter_protocol{};
  std::vector<store::NewInput> inputs_seen{};

  store::Async<void> save_protocol(store::ProtocolRow protocol) override {
    return inner_.save_protocol(std::move(protocol));
  }
  store::Async<store::ProtocolRow> protocol(base::Sha256 hash) override {
    auto row = co_await inner_.protocol(hash);
    if (row && alter_protocol) alter_protocol(*row);
    co_return row;
  }
  store::Async<store::SessionRow> create_session(store::NewSession session) override {
    return inner_.create_session(std::move(session));
  }
  store::Async<store::SessionRecord> load(base::SessionId id) override {
    auto record = co_await inner_.load(id);
    if (record && alter_record) alter_record(*record);
    co_return record;
  }
  store::Async<store::SessionPage> list(store::SessionFilter filter) override { return inner_.list(std::move(filter)); }
  store::Async<void> remove(base::SessionId id) override { return inner_.remove(id); }
  store::Async<std::vector<store::AppendedInput>> append_inputs(base::SessionId id,
                                                                std::vector<store::NewInput> inputs) override {
    inputs_seen.insert(inputs_seen.end(), inputs.begin(), inputs.end());
    return inner_.append_inputs(id, std::move(inputs));
  }
  store::Async<store::Lease> acquire_lease(base::SessionId id, std::string scope, base::BootId owner,
                                           std::chrono::milliseconds ttl) override {
    if (before_lease) {
      auto once = std::exchange(before_lease, {});
      co_await once();
    }
    co_return co_await inner_.acquire_lease(id, std::move(scope), owner, ttl);
  }
  store::Async<void> renew_lease(store::Lease lease, std::chrono::milliseconds ttl) override {
    if (refuse_renewal) co_return base::fail(*refuse_renewal);
    co_return co_await inner_.renew_lease(std::move(lease), ttl);
  }
  store::Async<void> release_lease(store::Lease lease) override { return inner_.release_lease(std::move(lease)); }
  store::Async<std::int64_t> commit(store::OutcomeCommit commit) override {
    if (before_commit) co_await before_commit();
    if (refuse_commit) {
      if (auto error = refuse_commit(commit)) co_return base::fail(*std::move(error));
    }
    co_return co_await inner_.commit(std::move(commit));
  }
  store::Async<std::vector<store::Event>> events(base::SessionId id, std::int64_t after, std::int64_t limit) override {
    return inner_.events(id, after, limit);
  }
  store::Async<void> save_blob(store::Blob blob) override { return inner_.save_blob(std::move(blob)); }
  store::Async<std::string> blob(base::Sha256 digest) override {
    auto bytes = co_await inner_.blob(digest);
    if (bytes && alter_blob) alter_blob(digest, *bytes);
    co_return bytes;
  }

 private:
  store::SessionStore& inner_;
};

}  // namespace tollgate::fakes
