#include "cli/reply_purge.hpp"

#include <chrono>
#include <exception>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "cache/redis_purge.hpp"
#include "cache/redis_target.hpp"
#include "net/http_connection.hpp"

namespace tollgate::cli {
namespace {

constexpr std::chrono::seconds kLongest{5};

}  // namespace

base::Status purge_replies_in_redis(const Config& config, const llm::ReplySelection& selection) {
  if (config.redis_url.empty()) return {};
  TRY(auto target, cache::parse_redis_url(config.redis_url));
  std::shared_ptr<net::TlsSettings> tls;
  if (target.server.with_tls) {
    TRY(tls, net::TlsSettings::load(config.http_ca_file));
  }
  boost::asio::io_context context{1};
  base::Status told;
  std::exception_ptr thrown;
  boost::asio::co_spawn(context,
                        cache::purge_in_redis(std::move(target), tls.get(), {selection.tag, selection.digest},
                                              std::chrono::steady_clock::now() + kLongest),
                        [&](std::exception_ptr failure, base::Status status) {
                          thrown = failure;
                          told = std::move(status);
                        });
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  return told;
}

}  // namespace tollgate::cli
