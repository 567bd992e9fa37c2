#include "tests/fakes/child_process.hpp"

#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
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
  const auto end = std::chrono::steady_clock::now() + limit;
  while (pid_ > 0) {
    if (waitpid(pid_, &status_, WNOHANG) == pid_) {
      pid_ = -1;
      return true;
    }
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
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
