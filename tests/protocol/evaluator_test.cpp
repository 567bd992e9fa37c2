#include <gtest/gtest.h>

#include "base/json.hpp"
#include "protocol/expression.hpp"
#include "tests/protocol/sample_scope.hpp"

namespace tollgate::protocol {
namespace {

// "42", "missing S2.latency, S2.users" or "undefined: division by zero".
std::string outcome(std::string_view text, const Environment& environment) {
  const auto expression = Expression::compile(text, sample_scope());
  if (!expression) {
    const auto& error = expression.error();
    return "error at " + std::to_string(error.offset) + ": " + error.message + " (" + error.hint + ")";
  }
  const auto result = expression->evaluate(environment);
  if (const auto* value = std::get_if<base::Value>(&result)) return base::to_json(*value);
  if (const auto* undefined = std::get_if<Undefined>(&result)) return "undefined: " + undefined->message;
  std::string text_of = "missing";
  for (const auto& reference : std::get<Missing>(result).references) text_of += " " + reference;
  return text_of;
}

struct Row {
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.expression; }
  const char* expression;
  const char* expected;
};

class Evaluates : public testing::TestWithParam<Row> {};

TEST_P(Evaluates, ToTheExpectedOutcome) {
  EXPECT_EQ(outcome(GetParam().expression, sample_environment()), GetParam().expected) << GetParam().expression;
}

constexpr Row kPrecedence[] = {
    {"1 + 2 * 3", "7"},
    {"(1 + 2) * 3", "9"},
    {"10 - 2 - 3", "5"},
    {"24 / 4 / 2", "3"},
    {"2 * 7 % 4", "2"},
    {"-2 * 3", "-6"},
    {"-(2 + 3)", "-5"},
    {"1 - -1", "2"},
    {"1 + 1 == 2 && 2 < 3", "true"},
    {"true || false && false", "true"},
    {"(true || false) && false", "false"},
    {"!false && false", "false"},
    {"!(false && false)", "true"},
    {"true ? 1 : false ? 2 : 3", "1"},
    {"false ? 1 : false ? 2 : 3", "3"},
    {"1 < 2 ? \"a\" + \"b\" : \"c\"", "\"ab\""},
    {"1 in [1, 2] == true", "true"},
    {"!!true", "true"},
    {"[1, 2,]", "[1,2]"},
};
INSTANTIATE_TEST_SUITE_P(Precedence, Evaluates, testing::ValuesIn(kPrecedence));

constexpr Row kNumbers[] = {
    {"7 / 2", "3"},
    {"-7 / 2", "-3"},
    {"-7 % 3", "-1"},
    {"7 % -3", "1"},
    {"decimal(7) / 2", "3.5"},
    {"7 / 2.0", "3.5"},
    {"0.1 + 0.2 == 0.3", "true"},
    {"12 * (1 - 0.45) == 6.6", "true"},
    {"12 * (1 - share)", "6.6"},
    {"1 == 1.0", "true"},
    {"1 < 1.5 && 1.5 < 2", "true"},
    {"1.0e2", "100"},
    {"25e-2", "0.25"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775807 + 1", "undefined: the result is too large"},
    {"-9223372036854775808 - 1", "undefined: the result is too large"},
    {"9223372036854775807 * 2", "undefined: the result is too large"},
    {"-(-9223372036854775808)", "undefined: the result is too large"},
    {"-9223372036854775808 / -1", "undefined: the result is too large"},
    {"-9223372036854775808 % -1", "undefined: the result is too large"},
    {"1 / 0", "undefined: division by zero"},
    {"1 % 0", "undefined: division by zero"},
    {"1.0 / 0", "undefined: division by zero"},
    {"1.0e30 * 1.0e30", "undefined: the result is too large"},
    {"1.0 / 3", "0.333333333333333333"},
};
INSTANTIATE_TEST_SUITE_P(Numbers, Evaluates, testing::ValuesIn(kNumbers));

constexpr Row kText[] = {
    {R"("a\n\t\\\"\'b")", R"("a\n\t\\\"'b")"},
    {R"('it\'s "so"')", R"("it's \"so\"")"},
    {R"("\u00e9\u20ac\u0041")", "\"é€A\""},
    {R"("a" + 'b')", "\"ab\""},
    {R"("a" < "b")", "true"},
    {R"("é".size())", "1"},
    {R"(size("€uro"))", "4"},
    {R"(problem.contains("EUR"))", "true"},
    {R"(problem.startsWith("Churn") && problem.endsWith("year"))", "true"},
    {R"("ABc".lowerAscii())", "\"abc\""},
    {"words(problem)", "7"},
    {"numbers(problem)", "1"},
    {"vague(problem)", "false"},
    {"vague(\"Improve retention\")", "true"},
    {"dismissive(\"n/a\")", "true"},
    {"similarity(problem, problem)", "100"},
};
INSTANTIATE_TEST_SUITE_P(Text, Evaluates, testing::ValuesIn(kText));

constexpr Row kTimeAndMoney[] = {
    {R"(window - duration("1 day") == duration("13d"))", "true"},
    {R"(window + duration("1h") > window)", "true"},
    {R"(duration("1h") * 1.5)", "\"1h30m\""},
    {R"(2 * duration("1h"))", "\"2h\""},
    {R"(duration("1d") / 2)", "\"12h\""},
    {R"(duration("1d") / duration("6h"))", "4"},
    {R"(duration("1d") / duration("0s"))", "undefined: division by zero"},
    {R"(duration("1000 years") + duration("1d"))", "undefined: a duration beyond 1,000 years"},
    {R"(-duration("1h"))", "\"-1h\""},
    {R"(date("2027-03-01") - date("2027-02-01"))", "\"28d\""},
    {R"(start + duration("1d"))", "\"2027-02-01\""},
    {R"(duration("1d") + start)", "\"2027-02-01\""},
    {R"(start - duration("36h"))", "\"2027-01-29\""},
    {R"(start - session.started > duration("2 months"))", "true"},
    {R"(date("9999-12-31") + duration("1d"))", "undefined: the result is too large"},
    {R"(days(window))", "14"},
    {R"(hours(duration("90m")))", "1.5"},
    {R"(minutes(duration("90s")))", "1.5"},
    {R"(price < money("EUR 200,000"))", "true"},
    {R"(price + money("EUR 1"))", "\"EUR 180,001\""},
    {R"(price * 0.5 == money("EUR 90,000"))", "true"},
    {R"(0.5 * price)", "\"EUR 90,000\""},
    {R"(price / 2)", "\"EUR 90,000\""},
    {R"(price / money("EUR 60,000"))", "3"},
    {R"(-price)", "\"EUR -180,000\""},
    {R"(price == money("USD 180,000"))", "undefined: EUR 180,000 and USD 180,000 are different currencies"},
    {R"(price > money("USD 1"))", "undefined: EUR 180,000 and USD 1 are different currencies"},
    {R"(price + money("USD 1"))", "undefined: EUR 180,000 and USD 1 are different currencies"},
    {"amount(price)", "180000"},
};
INSTANTIATE_TEST_SUITE_P(TimeAndMoney, Evaluates, testing::ValuesIn(kTimeAndMoney));

constexpr Row kEnums[] = {
    {R"(archetype == "regression")", "true"},
    {R"("regression" == archetype)", "true"},
    {R"(archetype != "clustering")", "true"},
    {R"(archetype in ["regression", "clustering"])", "true"},
    {R"("HIGH" in severities)", "true"},
    {R"("CRITICAL" in severities)", "false"},
    {R"(severity >= "MEDIUM" && "CRITICAL" > severity)", "true"},
    {R"(severity == (approved ? "HIGH" : "LOW"))", "true"},
    {R"((approved ? "HIGH" : "LOW") == severity)", "true"},
    {R"(severities == ["LOW", "HIGH", "HIGH"])", "true"},
    {R"(severities + ["LOW"] == ["LOW", "HIGH", "HIGH", "LOW"])", "true"},
    {"int(severity) * 2", "6"},
    {"label(severity)", "\"High\""},
    {"string(severity)", "\"HIGH\""},
    {R"(count(severities, "HIGH"))", "2"},
    {"max(severities)", "\"HIGH\""},
    {"min(severities)", "\"LOW\""},
    {R"(max(severity, "CRITICAL"))", "\"CRITICAL\""},
    {R"(max("CRITICAL", severity))", "\"CRITICAL\""},
    {R"(max(severities.filter(s, s > "HIGH"), "LOW"))", "\"LOW\""},
    {R"(max(severities.filter(s, s > "HIGH")))", "undefined: an empty list has no smallest or largest value"},
    {"distinct(severities)", "[\"LOW\",\"HIGH\"]"},
    {R"(join(severities, " / "))", "\"Low / High / High\""},
};
INSTANTIATE_TEST_SUITE_P(Enums, Evaluates, testing::ValuesIn(kEnums));

constexpr Row kListsAndRecords[] = {
    {"size(scores)", "3"},
    {"scores.size()", "3"},
    {"sum(scores)", "6"},
    {"product(scores)", "6"},
    {"sum([])", "0"},
    {"product([])", "1"},
    {"sum(rates)", "0.3"},
    {"product(rates)", "0.02"},
    {"sum(costs)", "\"EUR 12.5\""},
    {"sum(costs.filter(c, false))", "undefined: the sum of no amounts has no currency"},
    {R"(sum([duration("1h"), duration("2h")]))", "\"3h\""},
    {R"(sum([money("EUR 1"), money("USD 1")]))", "undefined: EUR 1 and USD 1 are different currencies"},
    {"sum([9223372036854775807, 1])", "undefined: the result is too large"},
    {"count(scores)", "3"},
    {"count([])", "0"},
    {"count(tags, \"a\")", "2"},
    {"min(scores)", "1"},
    {"max(scores)", "3"},
    {"min(2, 1.5)", "1.5"},
    {"max([], 4)", "4"},
    {"max(scores, 9)", "3"},
    {"distinct(tags)", "[\"a\",\"b\"]"},
    {"distinct([1, 1.0, 2])", "[1,2]"},
    {"join(tags, \"-\")", "\"a-b-a\""},
    {"join(tags)", "\"a, b, a\""},
    {"join([])", "\"\""},
    {"[1, 2] + [3]", "[1,2,3]"},
    {"[] + [3]", "[3]"},
    {"[1, 2] == [1, 2]", "true"},
    {"[] == scores", "false"},
    {"2 in scores", "true"},
    {"2 in []", "false"},
    {"scores[0]", "3"},
    {"[1, 2.5][1]", "2.5"},
    {"scores[3]", "undefined: the index 3 is outside the list of 3"},
    {"scores[-1]", "undefined: the index -1 is outside the list of 3"},
    {"features[0].name", "\"age\""},
    {R"({"name": "x", "score": 4})", R"({"name":"x","score":4})"},
    {R"({"name": "x", "score": 4}.score)", "4"},
    {R"({"a": {"b": [1, 2]}}.a.b[1])", "2"},
    {"proof.bytes + 1", "13"},
    {R"(features.map(f, {"n": f.name})[1].n)", "\"postcode\""},
};
INSTANTIATE_TEST_SUITE_P(ListsAndRecords, Evaluates, testing::ValuesIn(kListsAndRecords));

constexpr Row kMacros[] = {
    {"features.all(f, f.in_production)", "false"},
    {"features.exists(f, f.in_production)", "true"},
    {"features.exists_one(f, f.in_production)", "true"},
    {"features.exists_one(f, true)", "false"},
    {"features.filter(f, !f.in_production).map(f, f.name)", "[\"postcode\"]"},
    {"features.map(f, f.in_production, f.name)", "[\"age\"]"},
    {"[].all(x, false)", "error at 3: 'all' needs a list or a map, not empty list ()"},
    {"scores.filter(s, s > 5).all(s, s > 100)", "true"},
    {"scores.map(s, scores.map(t, s * t))", "[[9,3,6],[3,1,2],[6,2,4]]"},
    {"scores.map(s, scores.filter(s, s > 2))", "[[3],[3],[3]]"},
    {"scores.all(s, s > 0) && scores.exists(s, s == 2)", "true"},
    {R"(tags.filter(t, t == "a").size())", "2"},
    {"features.filter(f, f.in_production)[0].name", "\"age\""},
};
INSTANTIATE_TEST_SUITE_P(Macros, Evaluates, testing::ValuesIn(kMacros));

constexpr Row kMaps[] = {
    {"residual.fairness", "\"HIGH\""},
    {"S1.residual.fairness >= \"MEDIUM\"", "true"},
    {R"(residual["privacy"])", "\"LOW\""},
    {"residual.safety", "missing S1.residual.safety"},
    {R"(residual["safety"])", "missing S1.residual.safety"},
    {"has(residual.safety)", "false"},
    {"has(residual.privacy)", "true"},
    {R"(has(residual["safety"]))", "false"},
    {R"("safety" in residual)", "false"},
    {R"("privacy" in residual)", "true"},
    {R"(count(residual, "HIGH"))", "1"},
    {"count(residual)", "2"},
    {"size(residual)", "2"},
    {"max(residual)", "\"HIGH\""},
    {R"(min(residual, "CRITICAL"))", "\"LOW\""},
    {R"(residual.exists(p, residual[p] == "HIGH"))", "true"},
    {R"(residual.filter(p, residual[p] == "HIGH"))", "[\"fairness\"]"},
    {"residual.map(p, label(p))", "[\"Fairness\",\"Privacy\"]"},
};
INSTANTIATE_TEST_SUITE_P(Maps, Evaluates, testing::ValuesIn(kMaps));

constexpr Row kConversions[] = {
    {"int(7.9)", "7"},
    {"int(-7.9)", "-7"},
    {"int(0.5)", "0"},
    {"int(1.0e30)", "undefined: the number does not fit into a whole number"},
    {"decimal(3)", "3"},
    {R"(decimal(" 0.50 "))", "0.5"},
    {R"(decimal("x"))", "undefined: the text is not a number"},
    {"string(12)", "\"12\""},
    {"string(true)", "\"true\""},
    {"string(0.50)", "\"0.5\""},
    {"string(window)", "\"14d\""},
    {"string(start)", "\"2027-01-31\""},
    {"string(price)", "\"EUR 180,000\""},
    {"round(2.345, 2)", "2.34"},
    {"round(2.5)", "2"},
    {"round(7, 2)", "7"},
    {"round(1.5, -1)", "undefined: round() keeps 0 to 18 digits"},
    {"round(1.5, 19)", "undefined: round() keeps 0 to 18 digits"},
    {"duration(tags[0])", "undefined: 'a' is not a duration"},
    {"money(tags[0])", "undefined: 'a' is not an amount of money"},
    {"date(tags[0])", "undefined: 'a' is not a date"},
};
INSTANTIATE_TEST_SUITE_P(Conversions, Evaluates, testing::ValuesIn(kConversions));

constexpr Row kUnanswered[] = {
    {"S2.latency", "missing S2.latency"},
    {"latency", "missing S2.latency"},
    {"S2.users + S2.users", "missing S2.users"},
    {"S2.ready && S2.users > 3", "missing S2.ready S2.users"},
    {"has(S2.users)", "false"},
    {"has(S1.window)", "true"},
    {"false && S2.ready", "false"},
    {"S2.ready && false", "false"},
    {"true || S2.ready", "true"},
    {"S2.ready || true", "true"},
    {"true && S2.ready", "missing S2.ready"},
    {"S2.ready || false", "missing S2.ready"},
    {"!S2.ready", "missing S2.ready"},
    {"-S2.users", "missing S2.users"},
    {"S2.ready ? 1 : 1", "missing S2.ready"},
    {"true ? 1 : S2.users", "1"},
    {"has(S2.users) && S2.users > 3", "false"},
    {"!has(S2.users) || S2.users > 3", "true"},
    {"has(S2.users) ? S2.users : 7", "7"},
    {"S2.users in [1]", "missing S2.users"},
    {"[1, S2.users]", "missing S2.users"},
    {R"({"a": S2.users})", "missing S2.users"},
    {"sum([1, S2.users])", "missing S2.users"},
    {"size(S2.rows)", "missing S2.rows"},
    {"S2.rows.all(r, r.in_production)", "missing S2.rows"},
    {"scores[S2.users]", "missing S2.users"},
    {"false && 1 / 0 == 1", "false"},
    {"1 / 0 == 1 && false", "false"},
    {"true || 1 / 0 == 1", "true"},
    {"1 / 0 == 1 || true", "true"},
    {"1 / 0 == 1 || false", "undefined: division by zero"},
    {"1 / 0 == 1 || S2.ready", "missing S2.ready"},
    {"1 / 0 + S2.users", "missing S2.users"},
    {"features[1].latency", "missing S1.features[].latency"},
    {R"(features.all(f, f.latency < duration("1d")))", "missing S1.features[].latency"},
    {R"(features.all(f, f.latency < duration("1h")))", "false"},
    {R"(features.exists(f, f.latency < duration("1d")))", "true"},
    {R"(features.exists(f, f.latency < duration("1h")))", "missing S1.features[].latency"},
    {R"(features.exists_one(f, f.latency < duration("1d")))", "missing S1.features[].latency"},
    {R"(features.filter(f, f.latency < duration("1d")))", "missing S1.features[].latency"},
    {"features.map(f, f.latency)", "missing S1.features[].latency"},
    {"features.map(f, has(f.latency))", "[true,false]"},
    {"features.filter(f, !f.in_production).map(g, g.latency)", "missing S1.features[].latency"},
    {"features.filter(f, has(f.latency)).map(f, f.latency)", "[\"2h\"]"},
    {"features.map(f, {\"f\": f}).map(g, g.f.latency)", "missing g.f.latency"},
    {"scores.all(s, 6 / (s - 3) > 0)", "false"},
    {"scores.exists(s, 6 / (s - 3) < 0)", "true"},
    {"scores.filter(s, 6 / (s - 3) < 0)", "undefined: division by zero"},
};
INSTANTIATE_TEST_SUITE_P(Unanswered, Evaluates, testing::ValuesIn(kUnanswered));

TEST(Evaluation, StopsWithUndefinedWhenItTakesTooManySteps) {
  base::Value::List many(300, base::Value(1));
  MapEnvironment environment;
  environment.set("S1.scores", many);
  const auto nested = "scores.all(a, scores.all(b, scores.all(c, a + b + c > 0)))";
  EXPECT_EQ(outcome(nested, environment), "undefined: it takes more than 1000000 steps");
  const auto absorbed = "true || " + std::string(nested);
  EXPECT_EQ(outcome(absorbed, environment), "true");
  EXPECT_EQ(outcome(std::string(nested) + " || true", environment), "undefined: it takes more than 1000000 steps");
}

TEST(Evaluation, ChargesForTheTextItCopies) {
  MapEnvironment environment;
  environment.set("S1.problem", std::string(100'000, 'x'));
  environment.set("S1.scores", base::Value::List(200, base::Value(1)));
  EXPECT_EQ(outcome("size(scores.map(a, problem))", environment), "undefined: it takes more than 1000000 steps");
  EXPECT_EQ(outcome("scores.map(a, problem + problem).size()", environment),
            "undefined: it takes more than 1000000 steps");
  EXPECT_EQ(outcome("scores.all(a, !vague(problem))", environment), "undefined: it takes more than 1000000 steps");
  EXPECT_EQ(outcome("scores.all(a, problem.contains('y'))", environment), "false");
}

TEST(Evaluation, AnswersOfAnotherKindAreUndefinedNotACrash) {
  const base::Value wrong[] = {true,
                               1,
                               *base::Decimal::parse("0.5"),
                               "x",
                               base::Duration(),
                               base::Date(),
                               base::Money{1, "EUR"},
                               base::Value::List{1},
                               base::Value::Record{{"x", 1}}};
  const char* expressions[] = {"approved && true",
                               "count_of_users + 1",
                               "share * 2",
                               "words(problem) + size(problem)",
                               "window * 2",
                               "start + window",
                               "price + price",
                               "sum(scores)",
                               "max(severities)",
                               "int(severity)",
                               "severity > \"LOW\"",
                               "features.all(f, f.in_production)",
                               "residual[\"safety\"]",
                               "join(tags)",
                               "distinct(tags)",
                               "label(severity)",
                               "proof.bytes",
                               "-price",
                               "scores[0]",
                               "\"a\" in tags",
                               "\"safety\" in residual",
                               "amount(price)",
                               "days(window)",
                               "max(costs)",
                               "features.filter(f, f.in_production).map(f, f.name)",
                               "round(share, 1)",
                               "string(share)"};
  for (const char* text : expressions) {
    const auto expression = Expression::compile(text, sample_scope());
    ASSERT_TRUE(expression) << text;
    for (const auto& value : wrong) {
      MapEnvironment environment;
      for (const auto& reference : expression->references()) environment.set(reference, value);
      EXPECT_NO_THROW(static_cast<void>(expression->evaluate(environment))) << text;
    }
  }
}

TEST(Evaluation, NullCountsAsUnanswered) {
  MapEnvironment environment;
  environment.set("S2.users", nullptr);
  EXPECT_EQ(outcome("S2.users", environment), "missing S2.users");
  EXPECT_EQ(outcome("has(S2.users)", environment), "false");
}

TEST(Evaluation, HoldsOnlyWhenTrue) {
  const auto environment = sample_environment();
  const auto holds = [&](std::string_view text) {
    return Expression::compile(text, sample_scope())->holds(environment);
  };
  EXPECT_TRUE(holds("approved"));
  EXPECT_FALSE(holds("!approved"));
  EXPECT_FALSE(holds("S2.ready"));
  EXPECT_FALSE(holds("1 / 0 == 1"));
  EXPECT_FALSE(holds("1"));
}

}  // namespace
}  // namespace tollgate::protocol
