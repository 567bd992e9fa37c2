// The key of a reply: whatever may change the reply changes it, and nothing else does.
#include "llm/router/cache_key.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "llm/gateway/wire_facts.hpp"

namespace tollgate::llm {
namespace {

const Target kTarget{"openai", "gpt-5.5"};

ChatRequest request_of(std::string_view body) {
  const auto meaning = body_meaning(body);
  EXPECT_TRUE(meaning) << (meaning ? "" : meaning.error().message);
  return {.task = Task::kGateway,
          .model = "balanced",
          .wire = std::make_shared<const WireRequest>(
              WireRequest{.body = std::string(body), .meaning = meaning.value_or(base::Sha256{})})};
}

std::string key_of(const ChatRequest& request, const Target& target = kTarget) {
  return cache_key(request, target).to_hex();
}

std::string key_of(std::string_view body) {
  return key_of(request_of(body));
}

// A JSON tree that can be written in any order of its members and with any white space.
struct Json {
  enum class Kind { kText, kNumber, kWord, kList, kObject } kind = Kind::kWord;
  std::string text{};  // as written: quoted, a number, true …
  std::vector<std::pair<std::string, Json>> members{};
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  Json value(int depth) {
    const auto pick = below(depth > 0 ? 6 : 4);
    if (pick < 2) return {Json::Kind::kText, '"' + letters() + '"'};
    if (pick == 2) return {Json::Kind::kNumber, number()};
    if (pick == 3) return {Json::Kind::kWord, below(3) == 0 ? "null" : below(2) == 0 ? "true" : "false"};
    Json out{pick == 4 ? Json::Kind::kList : Json::Kind::kObject};
    const auto size = 1 + below(4);
    for (std::size_t i = 0; i < size; ++i)
      out.members.emplace_back(fmt::format("{}{}", letters(), i), value(depth - 1));
    return out;
  }

  Json body() {
    Json body{Json::Kind::kObject};
    for (const char* name : {"messages", "temperature", "tools", "response_format", "seed", "x_unknown"})
      body.members.emplace_back(name, value(3));
    return body;
  }

  // One leaf, one key, or the order of one list is changed; false when nothing of this one could be.
  bool mutate(Json& json) {
    std::vector<Json*> nodes;
    collect(json, nodes);
    Json& node = *nodes[below(nodes.size())];
    switch (node.kind) {
      case Json::Kind::kText: return change_text(node.text);
      case Json::Kind::kNumber: node.text += node.text.find('.') == std::string::npos ? ".0" : "1"; return true;
      case Json::Kind::kWord: node.text = node.text == "true" ? "false" : "true"; return true;
      case Json::Kind::kList:
        if (node.members.size() < 2 || write(node.members[0].second, false) == write(node.members[1].second, false))
          return false;
        std::swap(node.members[0].second, node.members[1].second);
        return true;
      case Json::Kind::kObject: node.members[below(node.members.size())].first += "x"; return true;
    }
    return false;
  }

  std::string write(const Json& json, bool shuffled) {
    const auto gap = [&] { return shuffled ? std::string(below(3), below(2) == 0 ? ' ' : '\n') : std::string(); };
    if (json.kind != Json::Kind::kList && json.kind != Json::Kind::kObject) return gap() + json.text + gap();
    auto members = json.members;
    if (shuffled && json.kind == Json::Kind::kObject) std::shuffle(members.begin(), members.end(), random_);
    std::string out = gap() + (json.kind == Json::Kind::kList ? "[" : "{");
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += ",";
      if (json.kind == Json::Kind::kObject) out += gap() + '"' + members[i].first + '"' + gap() + ":";
      out += write(members[i].second, shuffled);
    }
    return out + (json.kind == Json::Kind::kList ? "]" : "}") + gap();
  }

 private:
  std::string letters() {
    std::string out;
    const auto size = below(6);
    for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>((below(2) == 0 ? 'a' : 'A') + below(26)));
    return out;
  }
  std::string number() { return below(2) == 0 ? fmt::format("{}", below(1000)) : fmt::format("{}.5", below(1000)); }
  bool change_text(std::string& text) {
    if (text.size() > 2 && below(2) == 0) {
      text[1] = static_cast<char>(text[1] ^ 0x20);  // the case of a letter
    } else {
      text.insert(1, "q");
    }
    return true;
  }
  static void collect(Json& json, std::vector<Json*>& nodes) {
    nodes.push_back(&json);
    for (auto& [name, member] : json.members) collect(member, nodes);
  }

  std::mt19937_64 random_;
};

TEST(CacheKey, EveryOneOfAHundredThousandChangesChangesItAndNoOtherWritingDoes) {
  Generator generator(7);
  int changed = 0;
  while (changed < 100'000) {
    auto body = generator.body();
    const auto key = key_of(generator.write(body, false));
    ASSERT_EQ(key, key_of(generator.write(body, true)));
    for (int i = 0; i < 100; ++i) {
      auto other = body;
      if (!generator.mutate(other)) continue;
      const auto text = generator.write(other, true);
      ASSERT_NE(key, key_of(text)) << text;
      ++changed;
    }
  }
}

TEST(CacheKey, WhoAsksWhatForAndOfWhomCounts) {
  const std::string body = R"({"messages":[{"role":"user","content":"Hello"}]})";
  std::set<std::string> keys{key_of(body)};
  const auto expect_new = [&](const std::string& key) { EXPECT_TRUE(keys.insert(key).second) << key; };
  auto request = request_of(body);
  request.scope.tenant = "acme";
  expect_new(key_of(request));
  request.scope.context = {"a", "b"};
  expect_new(key_of(request));
  request.scope.context = {"ab"};
  expect_new(key_of(request));
  request.cache.space = "trial";
  expect_new(key_of(request));
  request.task = Task::kAssess;
  expect_new(key_of(request));
  auto wire = *request.wire;
  wire.format = WireFormat::kAnthropic;
  request.wire = std::make_shared<const WireRequest>(wire);
  expect_new(key_of(request));
  wire.headers = {{"anthropic-beta", "x"}};
  request.wire = std::make_shared<const WireRequest>(wire);
  expect_new(key_of(request));
  expect_new(key_of(request, {"openai", "gpt-5"}));
  expect_new(key_of(request, {"azure", "gpt-5"}));
}

TEST(CacheKey, HowAReplyIsDeliveredDoesNotCount) {
  EXPECT_EQ(key_of(R"({"model":"a","messages":[1],"stream":true,"stream_options":{"include_usage":true}})"),
            key_of(R"({"model":"b","messages":[1]})"));
  EXPECT_NE(key_of(R"({"messages":[{"stream":true}]})"), key_of(R"({"messages":[{}]})"));
}

TEST(CacheKey, TextsDoNotRunIntoOneAnother) {
  ChatRequest one{.system = "ab", .messages = {{Role::kUser, "c"}}};
  ChatRequest other{.system = "a", .messages = {{Role::kUser, "bc"}}};
  EXPECT_NE(key_of(one), key_of(other));
}

TEST(CacheKey, NumbersBeyondAnyMachinesRangeStayDifferent) {
  EXPECT_NE(key_of(R"({"seed":18446744073709551617})"), key_of(R"({"seed":18446744073709551618})"));
}

}  // namespace
}  // namespace tollgate::llm
