#include "llm/router/router_config.hpp"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tollgate::llm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<std::string> secret(std::string_view name) {
  return name == "ANTHROPIC_API_KEY" ? std::optional<std::string>("sk-ant-1") : std::nullopt;
}

base::Result<RouterConfig> read(std::string_view yaml) {
  return read_router_config(yaml, "llm.yaml", secret);
}

std::string example_of_the_docs() {
  std::ifstream file(TOLLGATE_SOURCE_DIR "/docs/llm-router.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto begin = text.find("```yaml\n") + 8;
  return text.substr(begin, text.find("```", begin) - begin);
}

const std::string kSmall =
    "llm: 1\n"
    "providers:\n"
    "  - {name: a, kind: openai, base_urls: [http://x, http://y], models: [m]}\n"
    "  - {name: b, kind: anthropic}\n"
    "tiers: {fast: [a/m], balanced: [b/claude], powerful: [b/claude]}\n";

TEST(RouterConfig, TheExampleOfTheDocsIsRead) {
  const auto config = read(example_of_the_docs());
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->providers.size(), 2U);
  EXPECT_EQ(config->providers[0].upstreams.front().api_key, "sk-ant-1");
  EXPECT_EQ(config->providers[1].upstreams.size(), 2U);
  EXPECT_EQ(config->providers[1].concurrency, 64U);
  EXPECT_THAT(config->tiers.at(Tier::kFast),
              ElementsAre(Target{"farm", "llama-3.1-70b"}, Target{"anthropic", "claude-haiku-5-5"}));
  EXPECT_EQ(config->cache.ttl_by_task.at(Task::kDraft), std::chrono::seconds(0));
  EXPECT_TRUE(config->prices->find("anthropic", "claude-haiku-5-5"));
}

TEST(RouterConfig, MistakesAreNamedWithTheirLine) {
  struct Case {
    const char* replaced;
    const char* by;
    const char* said;
  };
  for (const auto& [replaced, by, said] :
       std::vector<Case>{{"fast: [a/m]", "fast: [c/m]", "llm.yaml:5:16"},
                         {"fast: [a/m]", "fast: []", "the tier fast has no model"},
                         {"name: b", "name: a", "two providers called a"},
                         {"kind: anthropic", "kind: antropic", "anthropic"},
                         {"kind: anthropic", "kind: anthropic, api_key_env: NOPE", "NOPE is not set"},
                         {"kind: anthropic", "kind: anthropic, keys: x", "llm.yaml:4"},
                         {"llm: 1", "llm: 2", "llm.yaml:1"}}) {
    auto yaml = kSmall;
    yaml.replace(yaml.find(replaced), std::string(replaced).size(), by);
    const auto config = read(yaml);
    ASSERT_FALSE(config) << by;
    EXPECT_THAT(config.error().message, HasSubstr(said)) << by;
  }
}

TEST(RouterConfig, ANameIsATierOrAProvidersModelOrAListedOneOrOfTheClientsFormat) {
  const auto config = read(kSmall).value();
  const auto first = [&](std::string_view name, std::optional<WireFormat> format = {}) {
    const auto targets = resolve_model(config, name, format);
    return targets ? targets->front().to_string() : targets.error().message;
  };
  EXPECT_EQ(first("balanced"), "b/claude");
  EXPECT_EQ(first("b/other"), "b/other");
  EXPECT_EQ(first("m"), "a/m");
  EXPECT_EQ(first("claude-9", WireFormat::kAnthropic), "b/claude-9");
  EXPECT_THAT(first("a/unlisted"), HasSubstr("there is no model a/unlisted"));
  EXPECT_THAT(first("gpt-9", WireFormat::kOpenAi), HasSubstr("there is no model gpt-9"));
}

}  // namespace
}  // namespace tollgate::llm
