// The real program with a model behind it (tollgate-sim): it drafts, assesses and decides with each provider, and a
// run that is killed at any moment ends as an undisturbed one would, without paying for a recorded reply again.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

#include "base/json.hpp"
#include "tests/fakes/child_process.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate {
namespace {

using base::Value;
using fakes::ChildProcess;
using fakes::Finished;
using std::chrono::milliseconds;
using testing::HasSubstr;

const std::string kSource = TOLLGATE_SOURCE_DIR;
constexpr int kCallsAtOnce = 4;

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A simulator of its own, on a free port, with its log in the folder.
class Simulator {
 public:
  Simulator(const std::string& folder, const std::string& latency, const std::string& accept_rate = "1")
      : log_(folder + "/sim.log"),
        process_({TOLLGATE_SIMULATOR, "--port", "0", "--seed", "7", "--latency", latency, "--accept-rate", accept_rate,
                  "--log", log_},
                 {.folder = folder}) {
    const std::string mark = "listening on ";
    for (int i = 0; i < 5000 && url_.empty(); ++i) {
      const auto out = process_.out();
      const auto at = out.find(mark);
      const auto end = out.find('\n');
      if (at != std::string::npos && end != std::string::npos) {
        url_ = out.substr(at + mark.size(), end - at - mark.size());
      } else {
        process_.wait_for(milliseconds(2));
      }
    }
  }
  const std::string& url() const { return url_; }
  // How often each request body was answered.
  std::map<std::string, int> answered() const {
    std::map<std::string, int> bodies;
    std::istringstream lines(read_text(log_));
    for (std::string line; std::getline(lines, line);) {
      const auto record = base::parse_json(line);
      if (record) ++bodies[std::string(record->string_or("body_sha256", ""))];
    }
    return bodies;
  }

 private:
  std::string log_;
  ChildProcess process_;
  std::string url_;
};

int total(const std::map<std::string, int>& counts) {
  int sum = 0;
  for (const auto& [body, count] : counts) sum += count;
  return sum;
}

class WithModel : public testing::Test {
 protected:
  std::map<std::string, std::string> environment(const Simulator& simulator, const std::string& provider) const {
    std::map<std::string, std::string> out{{"TOLLGATE_PROVIDER", provider},
                                           {"TOLLGATE_LLM_CONCURRENCY", std::to_string(kCallsAtOnce)}};
    if (provider == "openai")
      out.insert({{"OPENAI_BASE_URL", simulator.url() + "/v1"}, {"OPENAI_API_KEY", "sk-test-0123456789"}});
    if (provider == "anthropic")
      out.insert({{"ANTHROPIC_BASE_URL", simulator.url()}, {"ANTHROPIC_API_KEY", "sk-ant-0123456789"}});
    if (provider == "ollama") out.insert({"OLLAMA_HOST", simulator.url()});
    return out;
  }
  std::vector<std::string> command(const std::string& name,
                                   const std::string& brief = kSource + "/tests/data/playground-text.yaml") const {
    return {TOLLGATE_PROGRAM,  "run", brief, "--store", "sqlite:" + folder_.file(name + ".db"), "--out",
            folder_.file(name)};
  }
  Value charter(const std::string& name) const {
    return base::parse_json(read_text(folder_.file(name + "/charter.json"))).value_or(Value());
  }
  // What was answered, by question; times and scores aside.
  std::map<std::string, std::string> answers(const std::string& name) const {
    std::map<std::string, std::string> out;
    const auto charter_json = charter(name);
    const auto* list = charter_json["answers"].if_list();
    if (list == nullptr) return out;
    for (const auto& answer : *list)
      out.emplace(std::string(answer.string_or("question", "")), base::to_json(answer["value"]));
    return out;
  }

  test::TemporaryFolder folder_;
};

class EachProvider : public WithModel, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(WithModel, EachProvider, testing::Values("openai", "anthropic", "ollama"));

TEST_P(EachProvider, BringsATextToACharter) {
  const Simulator simulator(folder_.file(""), "fixed:1");
  ASSERT_FALSE(simulator.url().empty());
  const auto done =
      fakes::run_program(command("a"), {.environment = environment(simulator, GetParam()), .folder = folder_.file("")});
  ASSERT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("Decision: "));
  EXPECT_GE(answers("a").size(), 10U);
  for (const auto& [body, count] : simulator.answered()) EXPECT_EQ(count, 1) << body;
}

// A brief of the built-in protocol that holds nothing but its text.
std::string text_only(const std::string& folder) {
  const std::string path = folder + "/text-only.yaml";
  std::ofstream(path) << R"(title: Failing pumps of three districts
text: >-
  We run 420 water pumps in three districts. They fail about 30 times a year; each failure costs EUR 14,000 of overtime and
  fines. Every pump has vibration and power meters, and five years of readings are kept. A model shall warn the planners two
  weeks before a failure.
)";
  return path;
}

TEST_F(WithModel, BringsATextToACharterOfTheBuiltInProtocol) {
  const Simulator simulator(folder_.file(""), "fixed:1", "0.6");
  ASSERT_FALSE(simulator.url().empty());
  const auto done = fakes::run_program(command("a", text_only(folder_.file(""))),
                                       {.environment = environment(simulator, "openai"), .folder = folder_.file("")});
  ASSERT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("Decision: Proceed with monitoring (rule D4)"));
  EXPECT_GE(answers("a").size(), 100U);
}

struct Killing {
  std::string name;
  bool builtin = false;
};
void PrintTo(const Killing& killing, std::ostream* out) {
  *out << killing.name;
}

class Killed : public WithModel, public testing::WithParamInterface<Killing> {};
INSTANTIATE_TEST_SUITE_P(WithModel, Killed, testing::Values(Killing{"playground", false}, Killing{"scoping", true}));

TEST_P(Killed, EndsAsAnUndisturbedRunWould) {
  const Simulator simulator(folder_.file(""), "fixed:12");
  ASSERT_FALSE(simulator.url().empty());
  const auto brief = GetParam().builtin ? text_only(folder_.file("")) : kSource + "/tests/data/playground-text.yaml";
  const auto settings =
      ChildProcess::Settings{.environment = environment(simulator, "openai"), .folder = folder_.file("")};
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(fakes::run_program(command("calm", brief), settings).code, 0);
  const auto length = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  const auto expected = answers("calm");
  const int calm_calls = total(simulator.answered());
  ASSERT_GE(expected.size(), 10U);

  std::mt19937 random(20261123);
  std::uniform_int_distribution<std::int64_t> patience(1, std::max<std::int64_t>(length.count() / 2, 2));
  int all_kills = 0;
  for (int session = 0; all_kills < 20; ++session) {
    const auto name = "killed" + std::to_string(session);
    const int calls_before = total(simulator.answered());
    int kills = 0;
    for (bool ended = false; !ended;) {
      ChildProcess process(command(name, brief), settings);
      if (!process.wait_for(milliseconds(patience(random)))) {
        process.send(SIGKILL);
        ++kills;
      } else {
        const auto done = process.wait();
        ASSERT_EQ(done.code, 0) << done.out << done.err;
        ended = true;
      }
    }
    all_kills += kills;
    EXPECT_EQ(answers(name), expected) << name;
    const auto charter_json = charter(name);
    EXPECT_EQ(charter_json["decision"]["rule"], charter("calm")["decision"]["rule"]);
    const int calls = total(simulator.answered()) - calls_before;
    EXPECT_LE(calls, calm_calls + kills * kCallsAtOnce) << name << ": paid again for what was recorded";
    const std::string id(charter_json["session"].string_or("id", ""));
    const auto verified = fakes::run_program(
        {TOLLGATE_PROGRAM, "session", "verify", id, "--store", "sqlite:" + folder_.file(name + ".db")}, settings);
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
    std::cout << name << ": " << kills << " kills, " << calls << " calls, " << calm_calls << " undisturbed\n";
  }
}

}  // namespace
}  // namespace tollgate
