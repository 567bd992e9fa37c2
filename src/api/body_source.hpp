// A reply's body that is not there yet when the reply begins.
#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

namespace tollgate::api {

enum class BodyEnd { kMore, kWhole, kBroken };  // broken: the client must see that something is missing

struct BodyPiece {
  std::string bytes{};
  BodyEnd end = BodyEnd::kMore;
};

// Used on the connection's executor. Destroyed early, it ends whatever makes the body.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual boost::asio::awaitable<BodyPiece> next() = 0;  // waits for the next piece; not called after the end
};

}  // namespace tollgate::api
