#include "tests/fakes/scripted_redis.hpp"

#include <array>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "cache/redis_wire.hpp"

namespace tollgate::fakes {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

// Commands have the form of array replies, so the product's reader reads them.
struct Client : std::enable_shared_from_this<Client> {
  Client(tcp::socket its_socket, const ScriptedRedis::Script& its_script)
      : socket(std::move(its_socket)), script(its_script) {}

  void serve() {
    socket.async_read_some(asio::buffer(buffer),
                           [self = shared_from_this()](const error_code& error, std::size_t count) {
                             if (error) return;
                             self->reader.feed({self->buffer.data(), count});
                             self->answer();
                           });
  }
  void answer() {
    while (const auto command = reader.next().value_or(std::nullopt)) {
      std::vector<std::string> words;
      for (const auto& element : command->elements) words.push_back(element.text);
      const auto answer = script(words);
      error_code error;
      asio::write(socket, asio::buffer(answer.bytes), error);
      if (error || answer.close) {
        socket.close(error);
        return;
      }
    }
    serve();
  }

  tcp::socket socket;
  const ScriptedRedis::Script script;
  cache::RedisReplyReader reader{};
  std::array<char, 65'536> buffer{};
};

}  // namespace

struct ScriptedRedis::Impl : std::enable_shared_from_this<Impl> {
  Impl(const asio::any_io_executor& executor, Script its_script)
      : acceptor(executor, {asio::ip::address_v4::loopback(), 0}), script(std::move(its_script)) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      if (error) return;
      ++self->connections;
      std::make_shared<Client>(std::move(socket), self->script)->serve();
      self->accept();
    });
  }

  tcp::acceptor acceptor;
  const Script script;
  int connections = 0;
};

ScriptedRedis::ScriptedRedis(asio::any_io_executor executor, Script script)
    : impl_(std::make_shared<Impl>(executor, std::move(script))) {
  impl_->accept();
}

ScriptedRedis::~ScriptedRedis() {
  error_code ignored;
  impl_->acceptor.close(ignored);
}

std::uint16_t ScriptedRedis::port() const {
  return impl_->acceptor.local_endpoint().port();
}
int ScriptedRedis::connections() const {
  return impl_->connections;
}

ScriptedRedis::Answer well_answer(const std::vector<std::string>& words) {
  if (words[0] == "PING") return {"+PONG\r\n"};
  if (words[0] == "INFO") return {bulk("# Server\r\nrun_id:0123456789abcdef0123456789abcdef01234567\r\n")};
  return {"+OK\r\n"};
}

}  // namespace tollgate::fakes
