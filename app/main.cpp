// The composition root: the only place that reads the environment and the terminal.
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.hpp"

extern char** environ;

namespace {

std::map<std::string, std::string> read_environment() {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

int terminal_columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// As after `tollgate … | head`: that is no failure.
bool reader_is_gone() {
  pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that closed its end of a pipe is an error of that write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    tollgate::base::SystemClock clock;
    tollgate::base::SystemRandom random;
    const tollgate::cli::Surroundings world{.arguments = {argv + 1, argv + argc},
                                            .environment = read_environment(),
                                            .in = std::cin,
                                            .out = std::cout,
                                            .err = std::cerr,
                                            .in_is_terminal = isatty(STDIN_FILENO) == 1,
                                            .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                                            .err_is_terminal = isatty(STDERR_FILENO) == 1,
                                            .clock = clock,
                                            .random = random,
                                            .columns = terminal_columns()};
    const int code = tollgate::cli::run_command_line(world);
    std::cout.flush();
    if (!std::cout && !reader_is_gone()) {
      std::cerr << "tollgate: the output could not be written; is the disk full?\n";
      return code == 0 ? 1 : code;
    }
    return code;
  } catch (const std::exception& error) {
    std::cerr << "tollgate: internal error: " << error.what() << '\n';
    return 1;
  }
}
