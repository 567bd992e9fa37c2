// A server that takes Redis commands and answers each with whatever bytes the test says. On the test's io_context.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace tollgate::fakes {

class ScriptedRedis {
 public:
  struct Answer {
    std::string bytes{};
    bool close = false;  // the connection, after these bytes
  };
  // Of one command, by its words.
  using Script = std::function<Answer(const std::vector<std::string>& words)>;

  ScriptedRedis(boost::asio::any_io_executor executor, Script script);
  ~ScriptedRedis();

  std::uint16_t port() const;
  int connections() const;

 private:
  struct Impl;
  const std::shared_ptr<Impl> impl_;  // shared with its connections, which may end after the test
};

// What a well server says to the commands with which a connection begins.
ScriptedRedis::Answer well_answer(const std::vector<std::string>& words);

}  // namespace tollgate::fakes
