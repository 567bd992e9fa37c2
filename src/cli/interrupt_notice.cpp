#include "cli/interrupt_notice.hpp"

#include <algorithm>
#include <array>
#include <csignal>

#include <unistd.h>

namespace tollgate::cli {
namespace {

// Written before the handler is installed, read only by it.
std::array<char, 512> notice{};
std::size_t notice_size = 0;

extern "C" void say_and_end(int signal) {
  (void)!write(STDERR_FILENO, notice.data(), notice_size);
  std::signal(signal, SIG_DFL);
  (void)raise(signal);
}

}  // namespace

InterruptNotice::InterruptNotice(const std::string& message) {
  notice_size = std::min(message.size(), notice.size());
  std::copy_n(message.begin(), notice_size, notice.begin());
  std::signal(SIGINT, say_and_end);
}

InterruptNotice::~InterruptNotice() {
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace tollgate::cli
