// Translations between the two formats, from files in tests/llm/gateway/golden: NAME.openai.* is what an OpenAI client
// or provider sends, NAME.anthropic.* what an Anthropic one does, and NAME.FORMAT.out.* what becomes of it on the other
// side. A file that is missing is written anew.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "llm/gateway/wire_facts.hpp"
#include "llm/gateway/wire_json.hpp"
#include "llm/gateway/wire_replay.hpp"
#include "llm/gateway/wire_reply.hpp"
#include "llm/gateway/wire_request.hpp"
#include "tests/llm/wire_samples.hpp"

namespace tollgate::llm {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct Golden {
  std::string name;
  WireFormat from = WireFormat::kOpenAi;
  std::string input;
  fs::path out;

  WireFormat to() const { return from == WireFormat::kOpenAi ? WireFormat::kAnthropic : WireFormat::kOpenAi; }
};

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<Golden> read_goldens(std::string_view folder) {
  std::vector<Golden> goldens;
  for (const auto& entry :
       fs::directory_iterator(fs::path(TOLLGATE_SOURCE_DIR) / "tests/llm/gateway/golden" / folder)) {
    const auto& path = entry.path();
    const auto format = path.stem().extension();  // NAME.FORMAT.txt
    if (format != ".openai" && format != ".anthropic") continue;
    const auto from = format == ".openai" ? WireFormat::kOpenAi : WireFormat::kAnthropic;
    auto out = path;
    out.replace_filename(path.stem().string() + ".out" + path.extension().string());
    goldens.push_back({path.stem().string(), from, read_file(path), out});
  }
  EXPECT_FALSE(goldens.empty());
  return goldens;
}

// For people: each member and each item of more than one member on a line of its own, in the order it has.
void append_pretty(std::string& out, const json::value& value, const std::string& indent) {
  const std::string inner = indent + "  ";
  const bool is_object = value.is_object();
  const auto text = gateway::to_text(value);
  if (text.size() <= 60 || (!is_object && !value.is_array())) {
    out += text;
    return;
  }
  out += is_object ? "{" : "[";
  std::string separator = "\n" + inner;
  if (is_object) {
    for (const auto& member : value.get_object()) {
      out += separator + gateway::to_text(json::value(member.key())) + ": ";
      append_pretty(out, member.value(), inner);
      separator = ",\n" + inner;
    }
  } else {
    for (const auto& item : value.get_array()) {
      out += separator;
      append_pretty(out, item, inner);
      separator = ",\n" + inner;
    }
  }
  out += "\n" + indent + (is_object ? "}" : "]");
}

void expect_golden_json(const Golden& golden, const std::string& actual) {
  if (!fs::exists(golden.out)) {
    std::string pretty;
    append_pretty(pretty, json::parse(actual), "");
    std::ofstream(golden.out) << pretty << '\n';
  }
  EXPECT_EQ(actual, gateway::to_text(json::parse(read_file(golden.out))))
      << "if that is wanted, delete " << golden.out << " and run the test twice";
}

void expect_golden_text(const Golden& golden, const std::string& actual) {
  if (!fs::exists(golden.out)) std::ofstream(golden.out) << actual;
  EXPECT_EQ(actual, read_file(golden.out)) << "if that is wanted, delete " << golden.out << " and run the test twice";
}

WireRequest client_of(WireFormat format, bool wants_usage = true) {
  return {format, wants_usage ? R"({"stream_options":{"include_usage":true}})" : "{}", {}, true};
}

TEST(GoldenTranslation, OfRequests) {
  for (const auto& golden : read_goldens("requests")) {
    SCOPED_TRACE(golden.name);
    ASSERT_TRUE(read_wire_facts(golden.from, golden.input).has_value());
    const auto request = write_wire_request({golden.from, golden.input, {}}, golden.to(), "m-2");
    ASSERT_TRUE(request.has_value()) << request.error().message;
    expect_golden_json(golden, *request);
    const auto facts = read_wire_facts(golden.to(), *request);
    ASSERT_TRUE(facts.has_value()) << facts.error().message;
    EXPECT_EQ(facts->model, "m-2");
  }
}

TEST(GoldenTranslation, OfRepliesKeepsUsageAndEnding) {
  for (const auto& golden : read_goldens("replies")) {
    SCOPED_TRACE(golden.name);
    const auto passed = read_wire_reply(golden.from, golden.from, golden.input);
    const auto reply = read_wire_reply(golden.from, golden.to(), golden.input);
    ASSERT_TRUE(passed.has_value());
    ASSERT_TRUE(reply.has_value()) << reply.error().message;
    expect_golden_json(golden, reply->text);
    EXPECT_EQ(reply->model, passed->model);
    EXPECT_EQ(reply->finish, passed->finish);
    EXPECT_EQ(reply->usage.cache_write_1h_tokens, passed->usage.cache_write_1h_tokens);

    const auto again = read_wire_reply(golden.to(), golden.to(), reply->text);  // as the client counts
    ASSERT_TRUE(again.has_value());
    for (const auto& usage : {reply->usage, again->usage}) {
      EXPECT_EQ(usage.input_tokens, passed->usage.input_tokens);
      EXPECT_EQ(usage.cached_input_tokens, passed->usage.cached_input_tokens);
      EXPECT_EQ(usage.cache_write_tokens + usage.cache_write_1h_tokens,
                passed->usage.cache_write_tokens + passed->usage.cache_write_1h_tokens);
      EXPECT_EQ(usage.output_tokens, passed->usage.output_tokens);
    }
  }
}

TEST(GoldenTranslation, OfStreamsWhereverTheyAreCut) {
  for (const auto& golden : read_goldens("streams")) {
    SCOPED_TRACE(golden.name);
    const auto client = client_of(golden.to());
    const auto passed = read_stream(*make_wire_stream(golden.from, client_of(golden.from)), golden.input, 4096);
    ASSERT_TRUE(passed.reply.has_value());
    for (std::size_t size = 1; size <= golden.input.size(); ++size) {
      const auto [reply, heard] = read_stream(*make_wire_stream(golden.from, client), golden.input, size);
      ASSERT_TRUE(reply.has_value()) << reply.error().message;
      ASSERT_EQ(heard, reply->text) << size;
      if (size == 1) expect_golden_text(golden, heard);
      ASSERT_EQ(heard, read_file(golden.out)) << size;
      EXPECT_EQ(reply->finish, passed.reply->finish);
      EXPECT_EQ(reply->usage.input_tokens, passed.reply->usage.input_tokens);
      EXPECT_EQ(reply->usage.output_tokens, passed.reply->usage.output_tokens);
      EXPECT_EQ(reply->usage.cache_write_1h_tokens, passed.reply->usage.cache_write_1h_tokens);
    }
  }
}

// What goes out is itself a stream that a client of that format reads to its end.
TEST(GoldenTranslation, OfStreamsGivesStreams) {
  for (const auto& golden : read_goldens("streams")) {
    SCOPED_TRACE(golden.name);
    const auto translated = read_file(golden.out);
    const auto again = read_stream(*make_wire_stream(golden.to(), client_of(golden.to())), translated, 4096);
    ASSERT_TRUE(again.reply.has_value()) << again.reply.error().message;
    EXPECT_EQ(again.heard, translated);
    const auto whole = to_whole(golden.to(), translated);
    ASSERT_TRUE(whole.has_value()) << whole.error().message;
    EXPECT_TRUE(read_wire_reply(golden.to(), golden.to(), *whole).has_value());
  }
}

TEST(GoldenTranslation, TheChunkOfUsageComesOnlyToThoseWhoAskedForIt) {
  for (const auto& golden : read_goldens("streams")) {
    if (golden.from != WireFormat::kAnthropic) continue;
    const auto translated =
        read_stream(*make_wire_stream(golden.from, client_of(WireFormat::kOpenAi, false)), golden.input, 4096);
    ASSERT_TRUE(translated.reply.has_value());
    EXPECT_EQ(translated.heard.find("usage"), std::string::npos);
    EXPECT_EQ(translated.reply->usage.input_tokens, 30);
  }
}

// Every reply there is, as a stream and back, is the same reply.
TEST(GoldenReplay, AReplyComesBackFromItsStreamTheSame) {
  for (const auto& golden : read_goldens("replies")) {
    SCOPED_TRACE(golden.name);
    const auto stream = to_stream(golden.from, golden.input, true);
    ASSERT_TRUE(stream.has_value()) << stream.error().message;
    const auto whole = to_whole(golden.from, *stream);
    ASSERT_TRUE(whole.has_value()) << whole.error().message;
    const auto before = read_wire_reply(golden.from, golden.to(), golden.input);
    const auto after = read_wire_reply(golden.from, golden.to(), *whole);
    ASSERT_TRUE(after.has_value()) << *whole;
    EXPECT_EQ(after->text, before->text);
    EXPECT_EQ(after->usage.input_tokens, before->usage.input_tokens);
    EXPECT_EQ(*to_stream(golden.from, *whole, true), *stream);
  }
}

}  // namespace
}  // namespace tollgate::llm
