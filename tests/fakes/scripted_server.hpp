// An HTTP server on a free loopback port that plays scripts: the n-th connection answers its requests with the bytes of
// the n-th script, whatever they are, and notes what it was asked. With a certificate it speaks TLS.
//
// Runs on the test's io_context. Connections beyond the scripts get the last script again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace tollgate::fakes {

enum class Ending { kClose, kHold };              // what follows the last reply of a script
enum class Reading { kWholeRequest, kHeadOnly };  // how much of a request is read before it is answered

struct Script {
  std::vector<std::string> replies;  // one per request, sent as they are
  Ending ending = Ending::kClose;
  Reading reading = Reading::kWholeRequest;
};

std::string http_reply(int status, std::string_view body, std::string_view more_headers = "");

class ScriptedServer {
 public:
  ScriptedServer(boost::asio::any_io_executor executor, std::vector<Script> scripts, std::string certificate_pem = "",
                 std::string key_pem = "");
  ~ScriptedServer();

  std::uint16_t port() const;
  std::size_t connections() const;
  const std::vector<std::string>& requests() const;  // head and body of each, as text

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with its connections' coroutines, which may end after the test
};

}  // namespace tollgate::fakes
