#include "sim/content_generator.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "llm/strict_schema.hpp"
#include "sim/known_project.hpp"
#include "sim/seeded_random.hpp"

namespace tollgate::sim {
namespace {

using base::Value;
using Record = Value::Record;
using List = Value::List;

Value json(std::string_view text) {
  return base::parse_json(text).value();
}

Value make(std::string_view schema, std::uint64_t seed = 1, double accept_rate = 1) {
  return generate_value(json(schema), {.seed = seed, .accept_rate = accept_rate});
}

// Makes up schemas of every supported kind.
class SchemaMaker {
 public:
  explicit SchemaMaker(std::uint64_t seed) : random_(seed) {}

  Value make(int depth) {
    switch (random_.below(depth > 0 ? 9 : 6)) {
      case 0: return Record{{"type", "boolean"}};
      case 1: return bounded("integer", "minimum", "maximum", -50);
      case 2: return bounded("number", "minimum", "maximum", -5);
      case 3: return bounded("string", "minLength", "maxLength", 0);
      case 4: return Record{{"enum", List{"low", 2, Value()}}};
      case 5: return Record{{"type", List{"null", "string"}}, {"maxLength", 12}};
      case 6: return make_list(depth);
      case 7: return Record{{"anyOf", List{Record{{"type", "null"}}, make(depth - 1)}}};
      default: return make_record(depth);
    }
  }

 private:
  Value bounded(const char* type, const char* least, const char* most, std::int64_t from) {
    Record schema{{"type", type}};
    const auto low = from + static_cast<std::int64_t>(random_.below(100));
    if (random_.chance(0.6)) schema[least] = low;
    if (random_.chance(0.6)) schema[most] = low + static_cast<std::int64_t>(random_.below(200));
    return schema;
  }
  Value make_list(int depth) {
    Record schema{{"type", "array"}, {"items", make(depth - 1)}};
    const auto low = static_cast<std::int64_t>(random_.below(3));
    if (random_.chance(0.5)) schema["minItems"] = low;
    if (random_.chance(0.5)) schema["maxItems"] = low + static_cast<std::int64_t>(random_.below(3));
    return schema;
  }
  Value make_record(int depth) {
    const char* const names[] = {"score", "issues", "text", "relevance", "vague"};
    Record properties;
    List required;
    for (const auto* name : names) {
      if (random_.chance(0.3)) continue;
      properties[name] = make(depth - 1);
      required.emplace_back(name);
    }
    return Record{{"type", "object"},
                  {"properties", std::move(properties)},
                  {"required", std::move(required)},
                  {"additionalProperties", false}};
  }

  SeededRandom random_;
};

TEST(ContentGenerator, FitsEverySchema) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const Value schema = SchemaMaker(seed).make(4);
    ASSERT_TRUE(base::check_schema(schema).has_value()) << base::to_json(schema);
    const Value value = generate_value(schema, {seed, 0.5});
    const auto fits = base::validate(value, schema);
    ASSERT_TRUE(fits.has_value()) << fits.error().message << "\n"
                                  << base::to_json(schema) << "\n"
                                  << base::to_json(value);
  }
}

TEST(ContentGenerator, FitsConstraintsThatWereMovedIntoDescriptions) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Value schema = SchemaMaker(seed).make(4);
    const Value value = generate_value(llm::to_strict_schema(schema), {seed, 0.5});
    const auto fits = base::validate(value, schema);
    ASSERT_TRUE(fits.has_value()) << fits.error().message << "\n"
                                  << base::to_json(schema) << "\n"
                                  << base::to_json(value);
  }
}

TEST(ContentGenerator, DependsOnSeedAndSchemaAlone) {
  constexpr std::string_view schema = R"({"properties":{"a":{"type":"string"},"b":{"type":"integer"}}})";
  EXPECT_EQ(make(schema, 5), make(schema, 5));
  EXPECT_NE(make(schema, 5), make(schema, 6));
  EXPECT_EQ(generate_paragraph({.seed = 7}), generate_paragraph({.seed = 7}));
}

constexpr std::string_view kJudgement = R"({"type":"object","properties":{
  "score":{"type":"integer","minimum":0,"maximum":10},
  "dimensions":{"type":"object","properties":{
    "specificity":{"type":"integer","minimum":0,"maximum":10},"relevance":{"type":"number","minimum":0,"maximum":10}}},
  "issues":{"type":"array","items":{"type":"string"}}}})";

TEST(ContentGenerator, ScoresWhatItAcceptsFromSevenUpwardAndTheRestBelow) {
  int accepted = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Value value = make(kJudgement, seed, 0.85);
    const auto score = value.int_or("score", -1);
    const bool good = score >= 7;
    accepted += good ? 1 : 0;
    EXPECT_EQ(value["issues"].if_list()->empty(), good);
    EXPECT_TRUE(good || (score >= 3 && score < 7)) << score;
  }
  EXPECT_NEAR(accepted, 850, 40);
}

TEST(ContentGenerator, JudgesEachAnswerOfABatchOnItsOwn) {
  const Value batch = Record{{"type", "array"}, {"minItems", 40}, {"maxItems", 40}, {"items", json(kJudgement)}};
  const Value value = generate_value(batch, {3, 0.5});
  int accepted = 0;
  for (const auto& each : *value.if_list()) accepted += each.int_or("score", 0) >= 7 ? 1 : 0;
  EXPECT_GT(accepted, 5);
  EXPECT_LT(accepted, 35);
}

TEST(ContentGenerator, KeepsToExamples) {
  const std::string example = "Cut the median handling time of support tickets from 42 to 20 hours by June 2027.";
  const Value schema = Record{{"type", "string"}, {"examples", List{example}}};
  const auto text = *generate_value(schema, {.seed = 1, .accept_rate = 1}).if_string();
  EXPECT_TRUE(text.starts_with(example));
  EXPECT_GT(text.size(), example.size());
  EXPECT_EQ(make(R"({"type":"string","x-tollgate-example":"EUR 5,000"})"), Value("EUR 5,000"));
  EXPECT_EQ(make(R"({"type":"integer","examples":[42]})"), Value(42));
  EXPECT_EQ(make(R"({"type":"string","description":"Why.\nConstraints: {\"examples\":[\"Because.\"]}"})"),
            Value("Because."));
}

TEST(ContentGenerator, HonoursFormats) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    EXPECT_TRUE(base::Date::parse(*make(R"({"type":"string","format":"date"})", seed).if_string()).has_value());
    EXPECT_TRUE(base::Duration::parse(*make(R"({"type":"string","format":"duration"})", seed).if_string()).has_value());
    EXPECT_TRUE(base::Money::parse(*make(R"({"type":"string","format":"money"})", seed).if_string()).has_value());
    const auto percent = make(R"({"type":"number","format":"percent"})", seed).if_number();
    ASSERT_TRUE(percent.has_value());
    EXPECT_LE(*percent, base::Decimal(100));
  }
}

TEST(ContentGenerator, EndsEvenForSchemasThatAskForTooMuch) {
  Value schema = Record{{"type", "string"}};
  for (int i = 0; i < 40; ++i) schema = Record{{"type", "array"}, {"minItems", 2}, {"items", std::move(schema)}};
  EXPECT_TRUE(generate_value(schema, {.seed = 1, .accept_rate = 1}).is_list());
  EXPECT_TRUE(
      make(R"({"type":"array","minItems":1000000000,"maxItems":1000000000,"items":{"type":"null"}})").is_list());
}

TEST(ContentGenerator, TakesABoundWhereThereIsNoRoomForAStep) {
  EXPECT_EQ(base::to_json(make(R"({"type":"number","maximum":-0.00005,"minimum":-0.00006})")), "-0.00006");
  EXPECT_EQ(base::to_json(make(R"({"type":"number","maximum":-0.00005})")), "-0.00005");
}

Value make_known(std::string_view schema, const Record& known) {
  return generate_value(json(schema), {.seed = 1, .accept_rate = 1, .known = &known});
}

TEST(ContentGenerator, TakesWhatItKnows) {
  const Record known{{"S1.budget", "EUR 180,000"},
                     {"S2.kpis", List{Record{{"name", "Churn"}, {"baseline", 2}, {"note", "not asked for"}}}}};
  EXPECT_EQ(base::to_json(make_known(R"({"properties":{
      "S1.budget":{"type":"string","description":"Budget. Constraints: {\"format\":\"money\"}"},
      "S2.kpis":{"type":"array","items":{"properties":{
          "name":{"enum":["Churn","Margin"]},
          "baseline":{"anyOf":[{"type":"number"},{"type":"null"}]},
          "value":{"anyOf":[{"type":"number"},{"type":"null"}]}}}}}})",
                                     known)),
            R"({"S1.budget":"EUR 180,000","S2.kpis":[{"baseline":2,"name":"Churn","value":null}]})");
}

TEST(ContentGenerator, DraftsAQuestionTheSameWhicheverOthersAreDraftedWithIt) {
  const auto alone = json(R"({"properties":{"answers":{"properties":{"b":{"type":"string","minLength":40}}}}})");
  const auto both = json(
      R"({"properties":{"answers":{"properties":{"a":{"type":"string","minLength":40},"b":{"type":"string","minLength":40}}}}})");
  const auto first = generate_value(alone, {.seed = 1, .answer_seed = 9});
  const auto second = generate_value(both, {.seed = 2, .answer_seed = 9});
  EXPECT_EQ(first["answers"]["b"], second["answers"]["b"]);
  EXPECT_NE(second["answers"]["a"], second["answers"]["b"]);
}

TEST(ContentGenerator, MakesUpWhatDoesNotFitOrIsFreeText) {
  const Record known{{"choice", "c"}, {"text", "known"}, {"judged", "known"}, {"list", "known"}};
  const auto made = make_known(R"({"properties":{
      "choice":{"enum":["a","b"]},
      "text":{"type":"string","minLength":40},
      "judged":{"properties":{"score":{"type":"integer"}}},
      "list":{"type":"array","items":{"type":"integer"}}}})",
                               known);
  EXPECT_TRUE(made["choice"] == Value("a") || made["choice"] == Value("b"));
  EXPECT_GE(made["text"].if_string()->size(), 40U);
  EXPECT_TRUE(made["judged"]["score"].is_number());
  EXPECT_TRUE(made["list"].is_list());
}

TEST(KnownProject, HoldsTheLastRevisionOfEveryAnswer) {
  const auto known =
      read_known_project("title: T\nanswers:\n  S1.budget: 180,000 EUR\nrevisions:\n  S1.budget: [EUR 5]\n", "b.yaml");
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(base::to_json(*known), R"({"S1.budget":"EUR 5"})");
}

TEST(KnownProject, OfTheExampleFillsEveryStage) {
  const auto known = example_project();
  ASSERT_TRUE(known) << known.error().message;
  for (const auto* question :
       {"S1.budget", "S2.business_metrics", "S3.legal_basis", "S4.eu_in_scope", "S5.audit_frequency"}) {
    EXPECT_TRUE(known->contains(question)) << question;
  }
}

TEST(KnownProject, WithAMistakeIsRefusedWithItsPlace) {
  const auto known = read_known_project("title: T\nanswers:\n  S1.budgett: EUR 5\n", "b.yaml");
  ASSERT_FALSE(known);
  EXPECT_EQ(known.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_NE(known.error().message.find("b.yaml:3"), std::string::npos) << known.error().message;
}

TEST(ContentGenerator, WritesProseWithFigures) {
  const auto text = *make(R"({"type":"string","minLength":200,"maxLength":400})").if_string();
  EXPECT_GE(text.size(), 200U);
  EXPECT_LE(text.size(), 400U);
  EXPECT_NE(text.find_first_of("0123456789"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::sim
