#include <fmt/format.h>
#include <gtest/gtest.h>

#include "protocol/expression.hpp"
#include "tests/protocol/sample_scope.hpp"

namespace tollgate::protocol {
namespace {

using Kind = Type::Kind;

std::string complaint(std::string_view text, const std::optional<Type>& expected = std::nullopt) {
  const auto expression = Expression::compile(text, sample_scope(), expected);
  if (expression) return "compiles to " + expression->type().to_string();
  const auto& error = expression.error();
  return fmt::format("{}: {}{}", error.offset, error.message, error.hint.empty() ? "" : " | " + error.hint);
}

struct Row {
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.expression; }
  const char* expression;
  const char* expected;
};

class Refuses : public testing::TestWithParam<Row> {};

TEST_P(Refuses, WithOffsetMessageAndHint) {
  EXPECT_EQ(complaint(GetParam().expression), GetParam().expected);
}

constexpr Row kText[] = {
    {"", "0: the expression ends where a value should be"},
    {"1 +", "3: the expression ends where a value should be"},
    {"(1", "2: the expression ends where ')' should be"},
    {"[1", "2: the expression ends where ',' or ']' should be"},
    {"1 2", "2: unexpected '2', expected an operator or the end"},
    {"approved and true", "9: unexpected 'and', expected an operator or the end | write && for 'and'"},
    {"approved or true", "9: unexpected 'or', expected an operator or the end | write || for 'or'"},
    {"not approved", "0: unexpected 'not' | write ! for 'not'"},
    {"price = 3", "6: unexpected character '=' | == compares; nothing is assigned in an expression"},
    {"true & false", "5: unexpected character '&' | write && for 'and'"},
    {"true | false", "5: unexpected character '|' | write || for 'or'"},
    {"1 # 2", "2: unexpected character '#'"},
    {"1 € 2", "2: unexpected character '€'"},
    {"\"abc", "0: this string has no closing quote | close it with \""},
    {"'a\nb'", "0: this string has no closing quote | close it with '"},
    {R"("a\q")", "2: unknown escape in a string | known are \\n \\t \\r \\\\ \\\" \\' and \\u with four hex digits"},
    {R"("a\u12")", "2: unknown escape in a string | known are \\n \\t \\r \\\\ \\\" \\' and \\u with four hex digits"},
    {R"("\ud800")", "1: unknown escape in a string | known are \\n \\t \\r \\\\ \\\" \\' and \\u with four hex digits"},
    {"window > 14d", "9: '14d' is no number | a length of time is written duration(\"14d\")"},
    {".5 + 1", "0: unexpected '.' | a number below one is written 0.5"},
    {"99999999999999999999", "0: this whole number does not fit into 64 bits | write it with a decimal point: 1.0e20"},
    {"1.1234567890123456789012345678901234567", "0: this number has more than 36 digits"},
    {"null", "0: there is no null | has(x) tells whether x is answered"},
    {"in", "0: 'in' stands between two values"},
    {"features.", "9: expected a name after '.'"},
    {"true ? 1", "8: the expression ends where ':' and the other branch of '?' should be"},
    {"{\"a\" 1}", "5: unexpected '1', expected ':'"},
    {"size(scores", "11: the expression ends where ',' or ')' should be"},
    {"\xff", "0: this is not UTF-8"},
};
INSTANTIATE_TEST_SUITE_P(Text, Refuses, testing::ValuesIn(kText));

constexpr Row kNames[] = {
    {"archetipe == \"x\"", "0: unknown name 'archetipe' | did you mean 'archetype'?"},
    {"S1.featurs.all(f, true)", "0: unknown name 'S1.featurs' | did you mean 'S1.features'?"},
    {"1 + S9.zzzzzzzzzzzz", "4: unknown name 'S9'"},
    {"option.formla", "0: unknown name 'option.formla' | did you mean 'option.formula'?"},
    {"features.all(f, f.nme == \"x\")", "18: record feature has no member 'nme' | did you mean 'name'?"},
    {"features.all(f, f.zzzzzzzz)",
     "18: record feature has no member 'zzzzzzzz' | its members are name, source, in_production, latency, level"},
    {"residual.fairnes", "9: 'fairnes' is not a value of principle | did you mean 'fairness'?"},
    {"residual[\"fairnes\"]", "9: 'fairnes' is not a value of principle | did you mean 'fairness'?"},
    {"proof.size", "6: record file has no member 'size' | its members are name, sha256, bytes"},
    {"features.name",
     "9: list<record feature> has no member 'name' | look at each row: list.all(row, row.x …) or list.map(row, row.x)"},
    {"share.x", "6: decimal has no member 'x'"},
    {"wrods(problem)", "0: unknown function 'wrods' | did you mean 'words'?"},
    {"features.filtr(f, true)", "9: unknown function 'filtr' | did you mean 'filter'?"},
    {"count_of_users.all(x, true)", "15: 'all' needs a list or a map, not int"},
    {"all(features, f, true)", "0: 'all' is a method of lists | write list.all(row, …)"},
    {"scores.sum()", "7: 'sum' is a function, not a method | write sum(list)"},
    {"contains(problem, \"x\")", "0: 'contains' is a method | write text.contains(\"part\")"},
    {"archetype == \"clasification\"",
     "13: 'clasification' is not a value of archetype | did you mean 'classification'?"},
    {"archetype != \"zzzzzzzzzzz\"",
     "13: 'zzzzzzzzzzz' is not a value of archetype | its values are classification, regression, clustering"},
    {"\"clasification\" == archetype",
     "0: 'clasification' is not a value of archetype | did you mean 'classification'?"},
    {"archetype in [\"regression\", \"clustring\"]",
     "28: 'clustring' is not a value of archetype | did you mean 'clustering'?"},
    {"\"HGH\" in severities", "0: 'HGH' is not a value of level | did you mean 'HIGH'?"},
    {"severity < \"HIHG\"", "11: 'HIHG' is not a value of level | did you mean 'HIGH'?"},
    {"count(residual, \"HGIH\")", "16: 'HGIH' is not a value of level | did you mean 'HIGH'?"},
    {"max(severities, \"LOWW\")", "16: 'LOWW' is not a value of level | did you mean 'LOW'?"},
    {"max(\"LOWW\", severity)", "4: 'LOWW' is not a value of level | did you mean 'LOW'?"},
    {"severity == (approved ? \"HIGH\" : \"LO\")", "33: 'LO' is not a value of level | did you mean 'LOW'?"},
    {"severities == [\"LOW\", \"HI\"]", "22: 'HI' is not a value of level | did you mean 'HIGH'?"},
    {"\"safty\" in residual", "0: 'safty' is not a value of principle | did you mean 'safety'?"},
};
INSTANTIATE_TEST_SUITE_P(Names, Refuses, testing::ValuesIn(kNames));

constexpr Row kTypes[] = {
    {"1 + true", "2: '+' does not combine int and bool"},
    {"\"a\" + 1", "4: '+' does not combine string and int | string(x) or label(x) makes text of a value"},
    {"\"a\" + severity", "4: '+' does not combine string and enum level | string(x) or label(x) makes text of a value"},
    {"7.5 % 2", "4: '%' does not combine decimal and int | % is the remainder of whole numbers"},
    {"severity + 1", "9: '+' does not combine enum level and int | int(x) gives the number of an ordered enum value"},
    {"price + 5", "6: '+' does not combine money and int | write the amount as money(\"EUR 5\")"},
    {"price * price", "6: '*' does not combine money and money"},
    {"window + 1", "7: '+' does not combine duration and int | write the length as duration(\"14d\")"},
    {"start + start", "6: '+' does not combine date and date"},
    {"1 / window", "2: '/' does not combine int and duration | write the length as duration(\"14d\")"},
    {"[1] + [\"a\"]", "4: '+' does not combine list<int> and list<string>"},
    {"-true", "0: '-' needs a number, not bool"},
    {"-start", "0: '-' needs a number, not date"},
    {"!1", "1: '!' needs true or false, not int | compare it, or test has(x)"},
    {"1 && true", "0: '&&' needs true or false, not int | compare it, or test has(x)"},
    {"true || \"x\"", "8: '||' needs true or false, not string | compare it, or test has(x)"},
    {"1 ? 2 : 3", "0: '?' needs true or false, not int | compare it, or test has(x)"},
    {"true ? 1 : \"a\"", "5: the branches of '?' give int and string"},
    {"window > 0", "7: duration cannot be compared with int | write the length as duration(\"14d\")"},
    {"price < \"EUR 50,000\"", "6: money cannot be compared with string | write the amount as money(\"EUR 5\")"},
    {"start > \"2027-01-01\"", "6: date cannot be compared with string | write the day as date(\"2027-01-31\")"},
    {"severity == problem", "9: enum level cannot be compared with string | string(x) makes text of an enum value"},
    {"severity > 2", "9: enum level cannot be compared with int | int(x) gives the number of an ordered enum value"},
    {"severity == archetype", "9: enum level cannot be compared with enum archetype"},
    {"count_of_users == \"12\"", "15: int cannot be compared with string | numbers are written without quotes"},
    {"archetype < \"regression\"",
     "10: values of type enum archetype have no order | number the enum's values: {LOW: 1, HIGH: 2}"},
    {"scores < scores", "7: values of type list<int> have no order"},
    {"1 < 2 < 3", "6: comparisons do not chain | write a < b && b < c"},
    {"\"a\" in problem",
     "4: 'in' needs a list or a map on its right, not string | text.contains(\"part\") looks into a text"},
    {"1 in tags", "2: int cannot be in list<string>"},
    {"1 in 2", "2: 'in' needs a list or a map on its right, not int"},
    {"[1, \"a\"]", "4: the list holds int and string"},
    {"[][0]", "2: the list is always empty"},
    {"scores[\"a\"]", "7: the index is string, but int is needed"},
    {"residual[1]", "9: the index is int, but enum principle is needed"},
    {"problem[0]", "7: string cannot be indexed"},
    {"proof[\"name\"]", "5: record file cannot be indexed | write record.member"},
    {"{1: 2}", "1: the keys of a record are texts | write them in quotes: {\"name\": …}"},
    {"{a: 2}", "1: the keys of a record are texts | write them in quotes: {\"name\": …}"},
    {"{\"a\": 1, \"a\": 2}", "9: the key 'a' occurs twice"},
    {"features.all(f, f.name)", "18: 'all' needs true or false, not string | compare it, or test has(x)"},
    {"features.filter(f, 1)", "19: 'filter' needs true or false, not int | compare it, or test has(x)"},
    {"features.map(f, 1, 2)", "16: 'map' needs true or false, not int | compare it, or test has(x)"},
    {"features.all(f)", "9: 'all' takes a variable and an expression | write list.all(row, …)"},
    {"features.all(1, true)", "13: a variable's name is needed here | write list.all(row, …)"},
    {"features.all(f.x, true)", "15: a variable's name is needed here | write list.all(row, …)"},
    {"has()", "0: has() takes one name | write has(S1.question), has(row.column) or has(map[key])"},
    {"has(1 + 1)",
     "6: has() takes the name of a question or a member | write has(S1.question), has(row.column) or has(map[key])"},
    {"has(size(tags))",
     "4: has() takes the name of a question or a member | write has(S1.question), has(row.column) or has(map[key])"},
};
INSTANTIATE_TEST_SUITE_P(Types, Refuses, testing::ValuesIn(kTypes));

constexpr Row kCalls[] = {
    {"words()", "0: wrong number of arguments for 'words' | write words(text)"},
    {"words(1)", "0: words(): does not take int | write words(text)"},
    {"size(1)", "0: size(): does not take int | write size(text or list)"},
    {"sum(tags)", "0: sum(): does not take list<string> | write sum(list)"},
    {"sum(1)", "0: sum(): does not take int | write sum(list)"},
    {"product(costs)", "0: product(): does not take list<money> | write product(list)"},
    {"count(1)", "0: count(): does not take int | write count(list) or count(list, value)"},
    {"count(scores, \"a\")", "0: count(): string cannot be in list<int> | write count(list) or count(list, value)"},
    {"min(1)", "0: min(): one int has no smallest or largest | write min(list), min(list, fallback) or min(a, b)"},
    {"min([])", "0: min(): the list is always empty | write min(list), min(list, fallback) or min(a, b)"},
    {"min(1, \"a\")",
     "0: min(): int and string cannot be compared | write min(list), min(list, fallback) or min(a, b)"},
    {"max(features)",
     "0: max(): values of type record feature have no order | write max(list), max(list, fallback) or max(a, b)"},
    {"max([archetype])",
     "0: max(): values of type enum archetype have no order | write max(list), max(list, fallback) or max(a, b)"},
    {"distinct(1)", "0: distinct(): does not take int | write distinct(list)"},
    {"join(features)", "0: join(): does not take list<record feature> | write join(list, \", \")"},
    {"join(tags, 1)", "0: join(): the separator is a text | write join(list, \", \")"},
    {"int(archetype)",
     "0: int(): the values of enum archetype have no numbers | write int(number or value of an ordered enum)"},
    {"int(problem)", "0: int(): does not take string | write int(number or value of an ordered enum)"},
    {"decimal(true)", "0: decimal(): does not take bool | write decimal(number or text)"},
    {"string(tags)", "0: string(): does not take list<string> | write string(value)"},
    {"label(problem)", "0: label(): does not take string | write label(enum value)"},
    {"round(problem)", "0: round(): does not take string | write round(number, digits)"},
    {"round(1.5, 0.5)", "0: round(): the digits are a whole number | write round(number, digits)"},
    {"amount(1)", "0: amount(): does not take int | write amount(money)"},
    {"days(1)", "0: days(): does not take int | write days(duration)"},
    {"hours(start)", "0: hours(): does not take date | write hours(duration)"},
    {"minutes(true)", "0: minutes(): does not take bool | write minutes(duration)"},
    {"duration(\"14 foo\")", "9: '14 foo' is not a duration | write it as duration(\"14d\")"},
    {"date(\"2027-13-01\")", "5: '2027-13-01' is not a date | write it as date(\"2027-01-31\")"},
    {"money(\"5\")", "6: '5' is not an amount of money | write it as money(\"EUR 5\")"},
    {"money(\"EUR 40.000\")",
     "6: 'EUR 40.000' can be read in two ways; write EUR 40,000 or EUR 40.00 | write it as money(\"EUR 5\")"},
    {"duration(1)", "0: duration(): does not take int | write duration(\"14d\")"},
    {"problem.contains(1)", "8: contains(): does not take int | write text.contains(\"part\")"},
    {"problem.lowerAscii(1)", "8: wrong number of arguments for 'lowerAscii' | write text.lowerAscii()"},
    {"vague(1)", "0: vague(): does not take int | write vague(text)"},
    {"similarity(problem)", "0: wrong number of arguments for 'similarity' | write similarity(text, text)"},
};
INSTANTIATE_TEST_SUITE_P(Calls, Refuses, testing::ValuesIn(kCalls));

TEST(Checker, GivesTheTypeOfAnExpression) {
  constexpr Row kRows[] = {
      {"1 + 1", "int"},
      {"1 + 1.0", "decimal"},
      {"[1, 2.5]", "list<decimal>"},
      {"[]", "empty list"},
      {"true ? 1 : 1.5", "decimal"},
      {"severity", "enum level"},
      {"true ? severity : \"LOW\"", "enum level"},
      {"residual", "map<principle, enum level>"},
      {"features", "list<record feature>"},
      {"features.map(f, f.latency)", "list<duration>"},
      {"features.filter(f, true)", "list<record feature>"},
      {"residual.filter(p, true)", "list<enum principle>"},
      {"{\"a\": 1}", "record"},
      {"window / window", "decimal"},
      {"start - start", "duration"},
      {"max(severities, \"LOW\")", "enum level"},
      {"max(1, 2.5)", "decimal"},
      {"sum(costs)", "money"},
      {"price / price", "decimal"},
      {"1 == 1 == true", "bool"},
      {"(1 < 2) == (2 < 3)", "bool"},
  };
  for (const auto& row : kRows)
    EXPECT_EQ(complaint(row.expression), std::string("compiles to ") + row.expected) << row.expression;
}

TEST(Checker, CoercesToTheExpectedType) {
  const auto level = Type::enum_of(level_enum());
  EXPECT_EQ(complaint("\"LOW\"", level), "compiles to enum level");
  EXPECT_EQ(complaint("approved ? \"LOW\" : window > duration(\"1d\") ? \"HIGH\" : \"CRITICAL\"", level),
            "compiles to enum level");
  EXPECT_EQ(complaint("1", Type::of(Kind::kDecimal)), "compiles to decimal");
  EXPECT_EQ(complaint("[\"LOW\"]", Type::list_of(level)), "compiles to list<enum level>");
  EXPECT_EQ(complaint("features.map(f, \"LOW\")", Type::list_of(level)), "compiles to list<enum level>");
  EXPECT_EQ(complaint("max(\"LOW\", \"HIGH\")", level), "compiles to enum level");
  EXPECT_EQ(complaint("[]", Type::list_of(level)), "compiles to list<enum level>");
  EXPECT_EQ(complaint("scores", Type::list_of(Type::of(Kind::kDecimal))), "compiles to list<decimal>");
  EXPECT_EQ(complaint("{\"safety\": \"LOW\"}", Type::map_of(principle_enum(), level)),
            "compiles to map<principle, enum level>");
  const auto row = Type::record_of(feature_record());
  EXPECT_EQ(complaint(R"({"name": "a", "source": "b", "in_production": true, "level": "LOW"})", row),
            "compiles to record feature");
  EXPECT_EQ(complaint(R"([{"name": "a", "source": "b", "in_production": true}])", Type::list_of(row)),
            "compiles to list<record feature>");
  EXPECT_EQ(complaint("features + [{\"name\": \"a\", \"source\": \"b\", \"in_production\": true}]"),
            "compiles to list<record feature>");
}

TEST(Checker, RefusesWhatDoesNotFitTheExpectedType) {
  const auto level = Type::enum_of(level_enum());
  const auto row = Type::record_of(feature_record());
  EXPECT_EQ(complaint("1 + 1", Type::of(Kind::kBool)), "2: this gives int, but bool is needed");
  EXPECT_EQ(complaint("\"LOWW\"", level), "0: 'LOWW' is not a value of level | did you mean 'LOW'?");
  EXPECT_EQ(complaint("approved ? \"LOW\" : \"HIHG\"", level),
            "19: 'HIHG' is not a value of level | did you mean 'HIGH'?");
  EXPECT_EQ(complaint("problem", level), "0: this gives string, but enum level is needed");
  EXPECT_EQ(complaint("severity", Type::of(Kind::kString)),
            "0: this gives enum level, but string is needed | label(x) or string(x) makes text of an enum value");
  EXPECT_EQ(complaint("1.5", Type::of(Kind::kInt)), "0: this gives decimal, but int is needed");
  EXPECT_EQ(complaint(R"({"name": "a"})", row), "0: the member 'source' of record feature is missing");
  EXPECT_EQ(complaint(R"({"nam": "a"})", row), "1: record feature has no member 'nam' | did you mean 'name'?");
  EXPECT_EQ(complaint(R"({"name": 1})", row), "9: 'name' is int, but string is needed");
  EXPECT_EQ(complaint(R"({"name": "a", "source": "b", "in_production": true, "level": "LOO"})", row),
            "61: 'LOO' is not a value of level | did you mean 'LOW'?");
  EXPECT_EQ(complaint(R"({"saftey": "LOW"})", Type::map_of(principle_enum(), level)),
            "1: 'saftey' is not a value of principle | did you mean 'safety'?");
  EXPECT_EQ(complaint(R"({"safety": 1})", Type::map_of(principle_enum(), level)),
            "11: 'safety' is int, but enum level is needed");
}

TEST(Checker, VariablesShadowNamesAndEndWithTheirExpression) {
  EXPECT_EQ(complaint("features.map(window, window.name)"), "compiles to list<string>");
  EXPECT_EQ(complaint("features.map(S1, S1.name)"), "compiles to list<string>");
  EXPECT_EQ(complaint("features.map(f, scores.map(f, f + 1))"), "compiles to list<list<int>>");
  EXPECT_EQ(complaint("features.all(row_of_it, true) && row_of_it.in_production"), "33: unknown name 'row_of_it'");
}

TEST(Checker, RecognisesTheLiteralTrue) {
  EXPECT_TRUE(Expression::compile("true", sample_scope())->is_literal_true());
  EXPECT_TRUE(Expression::compile(" (true) ", sample_scope())->is_literal_true());
  EXPECT_FALSE(Expression::compile("1 == 1", sample_scope())->is_literal_true());
  EXPECT_FALSE(Expression::compile("false", sample_scope())->is_literal_true());
}

}  // namespace
}  // namespace tollgate::protocol
