#include "tests/fakes/child_process.hpp"

#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tollgate::fakes {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

void redirect(int descriptor, const std::string& path, int flags) {
  const int file = open(path.c_str(), flags, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> arguments, Settings settings) : settings_(std::move(settings)) {
  static std::atomic<int> count{0};
  const std::string number = std::to_string(++count);
  out_path_ = settings_.folder + "/out-" + number + ".txt";
  err_path_ = settings_.folder + "/err-" + number + ".txt";
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "HOME=" + settings_.folder};
  for (const auto& [name, value] : settings_.environment) environment.push_back(name + "=" + value);
  const auto arguments_c = pointers(arguments);
  const auto environment_c = pointers(environment);
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ > 0) return;
  if (chdir(settings_.folder.c_str()) != 0) _exit(126);
  redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
  redirect(STDOUT_FILENO, settings_.stdout_path.empty() ? out_path_ : settings_.stdout_path,
           O_WRONLY | O_CREAT | O_TRUNC);
  redirect(STDERR_FILENO, err_path_, O_WRONLY | O_CREAT | O_TRUNC);
  execve(arguments_c[0], arguments_c.data(), environment_c.data());
  _exit(127);
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
}

void ChildProcess::send(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

bool ChildProcess::wait_for(std::chrono::milliseconds limit) {
  if (pid_ <= 0) return true;
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{.fd = process, .events = POLLIN, .revents = 0};
  const bool over = process >= 0 && poll(&ended, 1, static_cast<int>(limit.count())) == 1;
  if (process >= 0) close(process);
  if (!over) return false;
  waitpid(pid_, &status_, 0);
  pid_ = -1;
  return true;
}

Finished ChildProcess::wait() {
  if (!wait_for(std::chrono::minutes(2))) {
    send(SIGKILL);
    wait_for(std::chrono::minutes(1));
  }
  Finished finished{.out = out(), .err = read_text(err_path_)};
  finished.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return finished;
}

std::string ChildProcess::out() const {
  return read_text(out_path_);
}

Finished run_program(std::vector<std::string> arguments, ChildProcess::Settings settings) {
  return ChildProcess(std::move(arguments), std::move(settings)).wait();
}

}  // namespace tollgate::fakes
