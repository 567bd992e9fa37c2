// Appends answers to one session from four threads until it is killed: crash_writer DATABASE SESSION ROUND.
// Prints each idempotency key on a line of its own once the store has acknowledged it.
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "store/sqlite/sqlite_session_store.hpp"
#include "tests/store/run_async.hpp"

namespace {

using namespace tollgate;

void write_answers(store::SessionStore& store, base::SessionId session, const std::string& prefix) {
  for (int i = 0;; ++i) {
    const auto key = fmt::format("{}-{}", prefix, i);
    std::vector<store::NewInput> inputs{
        {.entry = {.kind = "answer", .subject = prefix, .body = key + std::string(3'000, 'x')},
         .idempotency_key = key,
         .event_type = "answer.submitted",
         .event_body = base::Value::Record{}}};
    if (!test::run(store.append_inputs(session, std::move(inputs)))) std::abort();
    const auto line = key + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();  // one call: lines do not mix
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto session = base::SessionId::parse(argv[2]);
  auto opened = store::open_sqlite_store({.path = argv[1]});
  if (!session || !opened) return 1;
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&, i] { write_answers(**opened, *session, fmt::format("{}-{}", argv[3], i)); });
  }
  for (auto& writer : writers) writer.join();
  return 0;
}
