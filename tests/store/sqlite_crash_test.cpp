// Kills a writing process at random moments: what it acknowledged must be there, once, and nothing may be torn.
#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sqlite/sqlite_session_store.hpp"
#include "tests/store/run_async.hpp"
#include "tests/store/temporary_folder.hpp"

extern char** environ;

namespace tollgate::store {
namespace {

constexpr int kKills = 25;

// Starts the writer, kills it after `acknowledgements` lines, and returns every line it got out.
std::vector<std::string> write_and_kill(const std::string& path, const std::string& session, int round,
                                        std::size_t acknowledgements) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipe[0]);
  std::array<std::string, 4> words{TOLLGATE_CRASH_WRITER, path, session, std::to_string(round)};
  std::array<char*, 5> arguments{words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, TOLLGATE_CRASH_WRITER, &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);

  std::vector<std::string> lines;
  std::string text;
  std::array<char, 4096> buffer{};
  bool killed = false;
  for (ssize_t size = 0; (size = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      lines.push_back(text.substr(0, end));
      text.erase(0, end + 1);
    }
    if (!killed && lines.size() >= acknowledgements) {
      ::kill(child, SIGKILL);
      killed = true;
    }
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the writer ended by itself, status " << status;
  return lines;
}

TEST(SqliteCrash, LosesNoAcknowledgedAnswerWhenTheProcessIsKilled) {
  test::TemporaryFolder folder;
  const auto path = folder.file("tollgate.db");
  base::SystemRandom random;
  const auto id = base::SessionId::make(base::SystemClock().now(), random);
  const auto hash = base::Sha256::of("{}");
  {
    auto store = *open_sqlite_store({.path = path});
    ASSERT_TRUE(test::run(store->save_protocol({hash, "demo", "1", "Demo", "{}"})));
    ASSERT_TRUE(test::run(store->create_session({.row = {.id = id,
                                                         .title = "T",
                                                         .owner = "local",
                                                         .protocol_hash = hash,
                                                         .protocol_id = "demo",
                                                         .settings = base::Value::Record{}},
                                                 .idempotency_key = "k",
                                                 .event_body = base::Value::Record{}})));
  }

  std::minstd_rand dice(20261123);
  std::set<std::string> acknowledged;
  for (int round = 0; round < kKills; ++round) {
    const auto lines = write_and_kill(path, id.to_string(), round, 1 + dice() % 60);
    ASSERT_FALSE(lines.empty());
    acknowledged.insert(lines.begin(), lines.end());

    auto reopened = open_sqlite_store({.path = path});
    ASSERT_TRUE(reopened) << reopened.error().message;
    const auto record = test::run((*reopened)->load(id));
    ASSERT_TRUE(record) << record.error().message;
    std::map<std::string, int> stored;
    for (const auto& input : record->inputs) {
      const auto& body = *input.body.if_string();
      ASSERT_GT(body.size(), 3'000u);
      ++stored[body.substr(0, body.size() - 3'000)];
    }
    for (const auto& key : acknowledged) EXPECT_EQ(stored[key], 1) << key << " after kill " << round;
    for (const auto& [key, count] : stored) EXPECT_LE(count, 1) << key;
    EXPECT_EQ(record->row.head_seq, static_cast<std::int64_t>(record->inputs.size()) + 1);
    EXPECT_LE(record->inputs.size(), acknowledged.size() + 4 * static_cast<std::size_t>(round + 1));
  }
  fmt::print("{} kills, {} acknowledged answers, none lost\n", kKills, acknowledged.size());
}

}  // namespace
}  // namespace tollgate::store
