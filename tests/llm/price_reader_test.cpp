#include "llm/price_reader.hpp"

#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/store/temporary_folder.hpp"

namespace tollgate::llm {
namespace {

using testing::HasSubstr;

std::string model(std::string_view prices, std::string_view more = "") {
  return fmt::format(
      "prices: 1\nmodels:\n  - provider: anthropic\n    id: claude-opus-5\n    prices: {}\n    source: the contract\n"
      "    verified_on: 2026-11-01\n{}",
      prices, more);
}

std::string refusal(const std::string& text) {
  const auto table = read_price_table(text, "own.yaml");
  return table ? "accepted" : table.error().message;
}

std::string price_of_input(const PriceTable& table, std::string_view provider, std::string_view id) {
  const auto* prices = table.find(provider, id);
  if (prices == nullptr) return "unpriced";
  if (prices->is_free()) return "free";
  return base::multiply(prices->periods.back().prices.input, 1'000'000)->to_string();
}

TEST(BuiltinPrices, TellWhereTheyComeFrom) {
  const auto table = builtin_price_table();
  for (const auto* id :
       {"claude-fable-5-1", "claude-fable-5", "claude-opus-5-5", "claude-opus-5", "claude-opus-4-8", "claude-opus-4-7",
        "claude-opus-4-6", "claude-opus-4-5", "claude-sonnet-5-5", "claude-sonnet-5", "claude-sonnet-4-6",
        "claude-sonnet-4-5", "claude-haiku-5-5", "claude-haiku-4-5"}) {
    const auto* prices = table.find("anthropic", id);
    ASSERT_TRUE(prices) << id;
    EXPECT_FALSE(prices->source.empty());
    EXPECT_EQ(prices->verified_on.to_string(), "2026-10-24");
    // The provider's own rule.
    const auto& latest = prices->periods.back().prices;
    EXPECT_EQ(latest.cache_write_5m.pico() * 4, latest.input.pico() * 5) << id;
    EXPECT_EQ(latest.cache_write_1h.pico(), latest.input.pico() * 2) << id;
  }
  for (const auto* id : {"gpt-6-astra", "gpt-6-sol", "gpt-6-luna", "gpt-5.5", "gpt-5.6-sol", "gpt-5.6-terra",
                         "gpt-5.6-luna", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5", "gpt-5-mini", "gpt-4o",
                         "gpt-4o-mini", "gemini-3.1-pro", "gemini-3.5-flash"}) {
    EXPECT_TRUE(table.find("openai", id)) << id;
  }
}

TEST(PriceTable, FindsSnapshotsOfAModelByTheirBase) {
  const auto table = builtin_price_table();
  EXPECT_EQ(price_of_input(table, "anthropic", "claude-sonnet-5-5-20261001"), "2");
  EXPECT_EQ(price_of_input(table, "anthropic", "anthropic/claude-sonnet-5-5-20261001"), "2");
  EXPECT_EQ(price_of_input(table, "openai", "gpt-5.4-mini-2026-03-05"), "0.75");
  EXPECT_EQ(price_of_input(table, "openai", "gpt-4o-latest"), "2.5");
}

TEST(PriceTable, TakesNoIdForAnotherThatItOnlyResembles) {
  const auto table = builtin_price_table();
  for (const auto* id : {"claude-sonnet-5-5-2026100", "claude-sonnet-5-5-202610011", "claude-sonnet-5-5-2026-10-01",
                         "claude-sonnet-5-6", "claude-sonnet-5-5-fast", "claude-sonnet", "-20261001", "", "*"}) {
    EXPECT_EQ(price_of_input(table, "anthropic", id), "unpriced") << id;
  }
  EXPECT_EQ(price_of_input(table, "openai", "claude-sonnet-5-5"), "unpriced");
  EXPECT_EQ(price_of_input(table, "openai", "gpt-5.5-2026-1a-01"), "unpriced");
}

TEST(PriceReader, FallsBackFromTheCachePricesThatAreNotGiven) {
  const auto table = read_price_table(model("[{input: \"3\", output: \"15\"}]"), "own.yaml");
  ASSERT_TRUE(table) << table.error().message;
  const auto& prices = table->find("anthropic", "claude-opus-5")->periods.front().prices;
  EXPECT_EQ(prices.cache_read, prices.input);
  EXPECT_EQ(prices.cache_write_5m, prices.input);
  EXPECT_EQ(prices.cache_write_1h, prices.input);
}

TEST(PriceReader, NamesThePlaceOfEachMistake) {
  EXPECT_THAT(refusal(model("[{input: \"3\", outptu: \"15\"}]")),
              AllOf(HasSubstr("own.yaml:5:27: error: unknown key 'outptu'"), HasSubstr("did you mean 'output'?"),
                    HasSubstr("the key 'output' is missing")));
  EXPECT_THAT(refusal("prices: 2\nmodels: 5\n"),
              AllOf(HasSubstr("own.yaml:1:9"), HasSubstr("own.yaml:2:9: error: 'models' must be a list")));
  EXPECT_THAT(refusal("prices: 1\nmodels:\n  - id: x\n"),
              AllOf(HasSubstr("'provider' is missing"), HasSubstr("'prices' is missing"),
                    HasSubstr("'source' is missing"), HasSubstr("'verified_on' is missing")));
}

TEST(PriceReader, RefusesPricesThatCannotBeMeant) {
  const auto input = [](std::string_view price) {
    return refusal(model(fmt::format("[{{input: \"{}\", output: \"1\"}}]", price)));
  };
  EXPECT_THAT(input("0.000003"), HasSubstr("per MILLION tokens"));
  EXPECT_THAT(input("0"), HasSubstr("free: true"));
  EXPECT_THAT(input("-1"), HasSubstr("too little"));
  EXPECT_THAT(input("1000000"), HasSubstr("more than 100000 dollars"));
  EXPECT_THAT(input("3.00001"), HasSubstr("more than four decimals"));
  EXPECT_THAT(input("three"), HasSubstr("must be a number"));
  EXPECT_EQ(input("0.0375"), "accepted");
}

TEST(PriceReader, RefusesPeriodsAndLengthsOutOfOrder) {
  EXPECT_THAT(refusal(model("[{from: 2026-02-01, input: 1, output: 1}, {from: 2026-02-01, input: 2, output: 2}]")),
              HasSubstr("must rise"));
  EXPECT_THAT(refusal(model("[{input: 1, output: 1, long_prompts: [{above_prompt_tokens: 5, input: 1, output: 1}, "
                            "{above_prompt_tokens: 5, input: 2, output: 2}]}]")),
              HasSubstr("'above_prompt_tokens' must rise"));
  EXPECT_THAT(refusal(model("[{from: 2026-02-30, input: 1, output: 1}]")), HasSubstr("a day that exists"));
  EXPECT_THAT(refusal(model("[]")), HasSubstr("'prices' is empty"));
}

TEST(PriceReader, RefusesContradictions) {
  const std::string twice = model("[{input: 1, output: 1}]",
                                  "  - {provider: [openai, anthropic], id: [x, claude-opus-5], free: true, source: s, "
                                  "verified_on: 2026-11-01}\n");
  EXPECT_THAT(refusal(twice),
              HasSubstr("own.yaml:8:45: error: the model 'claude-opus-5' of anthropic is in the file twice"));
  EXPECT_THAT(refusal(model("[{input: 1, output: 1}]", "    free: true\n")),
              HasSubstr("a model that is free has no prices"));
  EXPECT_THAT(refusal("prices: 1\nproviders: [{name: a, service_tiers: {batch: \"0.005\"}}]\n"),
              HasSubstr("two decimals"));
  EXPECT_THAT(refusal("prices: 1\nproviders: [{name: a, id_suffixes: [\"\"]}]\n"), HasSubstr("is empty"));
}

TEST(PriceTable, LetsAnOperatorsFileTakeThePlaceOfSingleModels) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.file("own.yaml")) << model("[{input: \"4.5\", output: \"20\"}]");
  const auto table = load_price_table(folder.file("own.yaml"));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(price_of_input(*table, "anthropic", "claude-opus-5-20260801"), "4.5");
  EXPECT_EQ(price_of_input(*table, "anthropic", "claude-opus-4-8"), "5");
  EXPECT_EQ(load_price_table(folder.file("none.yaml")).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(price_of_input(load_price_table("").value(), "anthropic", "claude-opus-5"), "5");
}

}  // namespace
}  // namespace tollgate::llm
