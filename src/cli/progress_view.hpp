// Shows on stderr how a run goes: bars that redraw themselves on a terminal, plain lines elsewhere.
#pragma once

#include <memory>
#include <ostream>
#include <string_view>

#include "base/value.hpp"
#include "session/session.hpp"

namespace tollgate::cli {

class ProgressView {
 public:
  virtual ~ProgressView() = default;
  virtual void on_event(const session::Session& session, std::string_view event, const base::Value& body) = 0;
  virtual void finish(const session::Session& session) = 0;  // leaves the final state on the screen
};

std::unique_ptr<ProgressView> make_plain_progress(std::ostream& err);
std::unique_ptr<ProgressView> make_terminal_progress(std::ostream& err);

}  // namespace tollgate::cli
