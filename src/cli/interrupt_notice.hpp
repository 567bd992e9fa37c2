// While it lives, Ctrl-C prints a last message before it ends the process as usual.
//
// One at a time per process: a signal has no other way to find its text. The handler only writes and raises again.
#pragma once

#include <string>

namespace tollgate::cli {

class InterruptNotice {
 public:
  explicit InterruptNotice(const std::string& message);
  ~InterruptNotice();
  InterruptNotice(const InterruptNotice&) = delete;
  InterruptNotice& operator=(const InterruptNotice&) = delete;
};

}  // namespace tollgate::cli
