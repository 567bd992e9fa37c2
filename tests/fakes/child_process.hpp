// Runs a program as a child process with a given environment, its output in files.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tollgate::fakes {

struct Finished {
  int code = -1;  // exit code; 128 + signal when it was killed
  std::string out{};
  std::string err{};
};

class ChildProcess {
 public:
  struct Settings {
    std::map<std::string, std::string> environment{};  // all of it, PATH and HOME aside
    std::string folder{};                              // working directory, and where out.txt and err.txt go
    std::string stdout_path{};                         // instead of out.txt, such as /dev/full
  };

  // `arguments[0]` is the program. Throws when it cannot be started.
  ChildProcess(std::vector<std::string> arguments, Settings settings);
  ~ChildProcess();  // kills it when it still runs
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(int signal) const;
  bool wait_for(std::chrono::milliseconds limit);  // false: still running
  Finished wait();                                 // at most two minutes, then it is killed
  std::string out() const;                         // so far

 private:
  Settings settings_;
  std::string out_path_;
  std::string err_path_;
  pid_t pid_ = -1;
  int status_ = 0;
};

Finished run_program(std::vector<std::string> arguments, ChildProcess::Settings settings);

}  // namespace tollgate::fakes
