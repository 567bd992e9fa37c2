#include "protocol/answer_parser.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "protocol/compiler.hpp"
#include "protocol/source.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;

constexpr std::string_view kProtocol = R"yaml(
tollgate: 1
id: answers
version: 1.0.0
title: Answers
enums:
  level: {LOW: 1, MEDIUM: 2, HIGH: 3}
  area:
    none: {label: None of these}
    credit: {label: Credit worthiness}
  swapped:
    a: {label: B}
    b: {label: A}
  cased: [low, LOW]
records:
  risk:
    fields:
      name: text!
      level: enum<level>!
      due: date
      cost: {type: money, min: 0, max: 1000}
      tags: "text[]"
      share: percent
      lag: {type: duration, max: 2 weeks}
      score: {type: derived, of: int, value: "int(level) * 2"}
stages:
  - id: S1
    title: T
    groups:
      - id: g
        title: T
        questions:
          - {id: t, type: text, ask: A, max_chars: 10}
          - {id: l, type: long_text, ask: A, max_chars: 100000}
          - {id: i, type: int, ask: A, min: -5, max: 2000000}
          - {id: d, type: decimal, ask: A}
          - {id: p, type: percent, ask: A}
          - {id: p2, type: percent, ask: A, min: -50, max: 200}
          - {id: m, type: money, ask: A, max: 2000000}
          - {id: u, type: duration, ask: A}
          - {id: ub, type: duration, ask: A, min: 1 day, max: 1 year}
          - {id: e, type: date, ask: A}
          - {id: b, type: bool, ask: A}
          - {id: n, type: enum<level>, ask: A}
          - {id: a, type: enum<area>, ask: A}
          - {id: w, type: enum<swapped>, ask: A}
          - {id: c, type: enum<cased>, ask: A}
          - {id: x, type: multi_enum<level>, ask: A}
          - {id: xr, type: multi_enum<level>!, ask: A}
          - {id: s, type: "scale(0,10)", ask: A}
          - {id: s5, type: "scale(-5,5)", ask: A}
          - {id: f, type: file, ask: A}
          - {id: tl, type: "text[]", ask: A, max: 3}
          - {id: tlr, type: "text[]!", ask: A}
          - {id: tl0, type: "text[]!", ask: A, min: 0}
          - {id: k, type: table<risk>, ask: A, max: 2}
          - {id: kr, type: table<risk>!, ask: A}
          - {id: big, type: table<risk>, ask: A, max: 100000}
          - {id: r, type: ref<S1.k.name>, ask: A}
          - {id: rl, type: "ref<S1.k.name>[]!", ask: A}
          - {id: v, type: derived, of: int, value: 1 + 1}
          - {id: vu, type: derived, of: duration, value: 'duration("1d")'}
decisions: {profiles: {default: [{id: D9, when: "true", then: proceed}]}}
)yaml";

const Protocol& protocol() {
  static const auto kResult = compile_text(kProtocol);
  EXPECT_NE(kResult.protocol, nullptr) << to_string(kResult.diagnostics);
  return *kResult.protocol;
}

const Question& question(std::string_view id) {
  return *protocol().find_question("S1." + std::string(id));
}

Value yaml(std::string_view text) {
  return to_value(parse_yaml(text, "answer.yaml").value());
}

std::string reading(std::string_view id, const Value& raw) {
  const auto answer = parse_answer(question(id), raw);
  return answer ? base::to_json(*answer) : answer.error().message;
}

struct Accepted {
  friend void PrintTo(const Accepted& row, std::ostream* out) { *out << row.question << ": " << row.written; }
  const char* question;
  const char* written;  // YAML
  const char* canonical;
};

class AcceptedAnswer : public testing::TestWithParam<Accepted> {};

TEST_P(AcceptedAnswer, BecomesItsCanonicalFormAndIsReadBackFromTheStoreAsTheSame) {
  const auto& row = GetParam();
  const auto answer = parse_answer(question(row.question), yaml(row.written));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(base::to_json(*answer), row.canonical);
  const auto stored = read_stored_answer(question(row.question), *base::parse_json(base::to_json(*answer)));
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(*stored, *answer);
}

constexpr Accepted kAccepted[] = {
    {"t", "one line", R"("one line")"},
    {"t", "'  x  '", R"("x")"},
    {"t", "12", R"("12")"},
    {"t", "1.10", R"("1.10")"},
    {"t", "true", R"("true")"},
    {"t", "äöüß€äöüß€", R"("äöüß€äöüß€")"},
    {"l", "|\n  a\n\n  b\n", R"("a\n\nb")"},
    {"i", "12", "12"},
    {"i", "'12'", "12"},
    {"i", "-5", "-5"},
    {"i", "'1,200'", "1200"},
    {"i", "1 200", "1200"},
    {"i", "1e3", "1000"},
    {"i", "12.0", "12"},
    {"d", "0.45", "0.45"},
    {"d", "'1,200.50'", "1200.5"},
    {"d", "-3", "-3"},
    {"d", "0.1234567890123456789012345678901234", "0.1234567890123456789012345678901234"},
    {"p", "40", "40"},
    {"p", "40 %", "40"},
    {"p", "40%", "40"},
    {"p", "0.4 %", "0.4"},
    {"p", "0", "0"},
    {"p", "1", "1"},
    {"p", "12.5", "12.5"},
    {"p", "100 %", "100"},
    {"p2", "-10 %", "-10"},
    {"p2", "150", "150"},
    {"m", "EUR 180,000", R"("EUR 180,000")"},
    {"m", "1.1 M EUR", R"("EUR 1,100,000")"},
    {"m", "€15k", R"("EUR 15,000")"},
    {"m", "EUR 40,000", R"("EUR 40,000")"},
    {"m", "EUR 40.00", R"("EUR 40")"},
    {"m", "EUR 40.5", R"("EUR 40.5")"},
    {"m", "EUR 0.125", R"("EUR 0.125")"},
    {"m", "EUR 2.1250", R"("EUR 2.1250")"},
    {"d", "2.125", "2.125"},
    {"m", "$3,000.50", R"("USD 3,000.5")"},
    {"u", "14 days", R"("14d")"},
    {"u", "1h30m", R"("1h30m")"},
    {"u", "9 months", R"("270d")"},
    {"u", "1 year", R"("365d")"},
    {"u", "0 days", R"("0s")"},
    {"ub", "24 hours", R"("1d")"},
    {"ub", "365 days", R"("365d")"},
    {"e", "2027-01-31", R"("2027-01-31")"},
    {"e", "2028-02-29", R"("2028-02-29")"},
    {"b", "yes", "true"},
    {"b", "'No'", "false"},
    {"b", "true", "true"},
    {"b", "FALSE", "false"},
    {"n", "LOW", R"("LOW")"},
    {"n", "medium", R"("MEDIUM")"},
    {"a", "Credit worthiness", R"("credit")"},
    {"a", "NONE OF THESE", R"("none")"},
    {"w", "a", R"("a")"},
    {"w", "b", R"("b")"},
    {"c", "LOW", R"("LOW")"},
    {"c", "low", R"("low")"},
    {"x", "[LOW, high]", R"(["LOW","HIGH"])"},
    {"x", "LOW", R"(["LOW"])"},
    {"x", "[]", "[]"},
    {"s", "9", "9"},
    {"s", "9/10", "9"},
    {"s", "9 / 10", "9"},
    {"s", "9 of 10", "9"},
    {"s", "9 out of 10", "9"},
    {"s", "'0'", "0"},
    {"s5", "-5", "-5"},
    {"s5", "-3/5", "-3"},
    {"f", "{name: a.pdf, sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, bytes: 0}",
     R"({"bytes":0,"name":"a.pdf","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})"},
    {"tl", "[a, b]", R"(["a","b"])"},
    {"tl", "alone", R"(["alone"])"},
    {"tl", "[]", "[]"},
    {"tl0", "[]", "[]"},
    {"k", "[]", "[]"},
    {"k", "[{name: n, level: low}]", R"([{"level":"LOW","name":"n"}])"},
    {"k", "[{name: n, level: LOW, due: 2027-01-31, cost: EUR 5, tags: [a], share: 40 %, score: 99}]",
     R"([{"cost":"EUR 5","due":"2027-01-31","level":"LOW","name":"n","share":40,"tags":["a"]}])"},
    {"k", "[{name: n, level: LOW, due: null, cost: '', tags: []}]", R"([{"level":"LOW","name":"n"}])"},
    {"r", "n", R"("n")"},
};
INSTANTIATE_TEST_SUITE_P(Types, AcceptedAnswer, testing::ValuesIn(kAccepted));

struct Refused {
  friend void PrintTo(const Refused& row, std::ostream* out) { *out << row.question << ": " << row.written; }
  const char* question;
  const char* written;  // YAML
  const char* message;  // fragment
};

class RefusedAnswer : public testing::TestWithParam<Refused> {};

TEST_P(RefusedAnswer, SaysWhatIsWrongAndHowToWriteIt) {
  const auto said = reading(GetParam().question, yaml(GetParam().written));
  EXPECT_NE(said.find(GetParam().message), std::string::npos) << said;
}

constexpr Refused kRefused[] = {
    {"t", "''", "the answer is empty"},
    {"t", "'   '", "the answer is empty"},
    {"t", "null", "the answer is empty"},
    {"t", "[a]", "expected text, got a list"},
    {"t", "{a: b}", "expected text, got a record"},
    {"t", "12345678901", "11 characters are more than the 10 allowed; shorten the answer"},
    {"i", "1.5", "1.5 is not a whole number"},
    {"i", "few", "'few' is no number; write for example 12"},
    {"i", "'1,2'", "'1,2' is no number"},
    {"i", "12k", "'12k' is no number"},
    {"i", "about 9", "'about 9' is no number"},
    {"i", "true", "'true' is no number"},
    {"i", "-6", "-6 is below the minimum of -5"},
    {"i", "2000001", "2000001 is above the maximum of 2000000"},
    {"i", "[1]", "is no number"},
    {"d", "0,45", "'0,45' is no number; write for example 0.45"},
    {"d", "99999999999999999999999999999999999999999", "is no number"},
    {"p", "0.4", "'0.4' could mean 0.4 % or 40 %; write one of these with the sign"},
    {"p", "'.4'", "is no percentage"},
    {"p", "120", "120 is above the maximum of 100"},
    {"p", "-1 %", "-1 is below the minimum of 0"},
    {"p", "half", "'half' is no percentage; write for example 40 or 40 %"},
    {"p", "'%'", "'%' is no percentage"},
    {"m", "180000", "'180000' is no amount with a currency; write for example EUR 180,000"},
    {"m", "EUR", "is no amount"},
    {"m", "EUR 40.000", "'EUR 40.000' can be read in two ways; write EUR 40,000 or EUR 40.00"},
    {"m", "1.500 €", "write 1,500 € or 1.50 €"},
    {"k", "[{name: n, level: LOW, cost: EUR 1.500}]", "row 1, cost: 'EUR 1.500' can be read in two ways"},
    {"m", "EUR 3 M", "3000000 is above the maximum of 2000000"},
    {"u", "14", "'14' is no duration; write for example 14 days"},
    {"u", "soon", "'soon' is no duration"},
    {"u", "-2 days", "minus 2 days is negative; write a length of time such as 14 days"},
    {"ub", "23 hours", "23 hours is below the minimum of 1 day"},
    {"ub", "366 days", "is above the maximum of 365 days"},
    {"k", "[{name: n, level: LOW, lag: 15 days}]", "row 1, lag: 15 days is above the maximum of 14 days"},
    {"k", "[{name: n, level: LOW, lag: -1 day}]", "row 1, lag: minus 1 day is negative"},
    {"rl", "[]", "at least 1 element is needed"},
    {"e", "31.01.2027", "'31.01.2027' is no date; write it as 2027-01-31"},
    {"e", "2027-02-29", "is no date"},
    {"b", "maybe", "'maybe' is neither yes nor no"},
    {"b", "1", "'1' is neither yes nor no"},
    {"n", "HIHG", "'HIHG' is not one of LOW, MEDIUM, HIGH; did you mean 'HIGH'?"},
    {"n", "2", "'2' is not one of"},
    {"x", "[LOW, HIHG]", "row 2: 'HIHG' is not one of"},
    {"xr", "[]", "at least 1 element is needed"},
    {"s", "9.5", "'9.5' is no score; give a whole number from 0 to 10, such as 9 or 9/10"},
    {"s", "11", "'11' is no score"},
    {"s", "-3/10", "'-3/10' is no score"},
    {"s", "10/12", "'10/12' is no score"},
    {"s", "9/", "'9/' is no score"},
    {"s", "9 of ten", "is no score"},
    {"s", "/10", "is no score"},
    {"s", "never been verified", "'never been verified' is no score"},
    {"s", "about 9", "'about 9' is no score"},
    {"s", "9/10 on good days", "is no score"},
    {"f", "a.pdf", "expected a file"},
    {"f", "{name: a.pdf, sha256: abc, bytes: 1}", "expected a file"},
    {"f", "{name: a.pdf, sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, bytes: -1}",
     "expected a file"},
    {"tl", "[a, b, c, d]", "4 elements are more than the 3 allowed"},
    {"tl", "{a: b}", "expected a list, got a record; start each element with `- `"},
    {"tl", "null", "the answer is empty"},
    {"tl", "[a, [b]]", "row 2: expected text, got a list"},
    {"tl", "[a, null]", "row 2: expected text"},
    {"tlr", "[]", "at least 1 element is needed"},
    {"kr", "[]", "at least 1 element is needed"},
    {"k", "null", "the answer is empty"},
    {"k", "text", "row 1: expected the fields of a risk, got a text"},
    {"k", "[{name: n}]", "row 1: the field 'level' (Level) is missing"},
    {"k", "[{name: '', level: LOW}]", "row 1: the field 'name' (Name) is missing"},
    {"k", "[{name: n, level: LOW}, {name: n, levl: LOW}]", "row 2: unknown field 'levl'; did you mean 'level'?"},
    {"k", "[{name: n, level: LOW, due: soon}]", "row 1, due: 'soon' is no date"},
    {"k", "[{name: n, level: LOW, cost: EUR 5000}]", "row 1, cost: 5000 is above the maximum of 1000"},
    {"k", "[{name: n, level: LOW, tags: [a, [b]]}]", "row 1, tags, row 2: expected text"},
    {"k", "[{name: a, level: LOW}, {name: b, level: LOW}, {name: c, level: LOW}]",
     "3 elements are more than the 2 allowed"},
    {"v", "2", "computed and cannot be answered"},
};
INSTANTIATE_TEST_SUITE_P(Types, RefusedAnswer, testing::ValuesIn(kRefused));

TEST(AnswerParser, RefusesNulInvalidUtf8AndTooManyCharacters) {
  EXPECT_EQ(reading("t", Value(std::string("a\0b", 3))), "the text contains a NUL character; remove it");
  EXPECT_EQ(reading("t", Value("a\xff")), "byte 1 is not valid UTF-8; save the text as UTF-8");
  EXPECT_EQ(reading("l", Value(std::string(100'000, 'x'))).size(), 100'002U);
  EXPECT_EQ(reading("l", Value(std::string(100'001, 'x'))),
            "100001 characters are more than the 100000 allowed; shorten the answer");
  EXPECT_EQ(parse_answer(question("l"), Value(std::string(100'001, 'x'))).error().code, base::ErrorCode::kTooLarge);
}

TEST(AnswerParser, BoundsRowsWhateverTheProtocolAllows) {
  Value::List rows(1001, Value::Record{{"name", "n"}, {"level", "LOW"}});
  EXPECT_NE(reading("big", rows).find("1001 elements are more than the"), std::string::npos);
}

TEST(AnswerParser, RefusesAWholeNumberThatDoesNotFit) {
  EXPECT_NE(reading("d", yaml("99999999999999999999")), "");
  const auto& unbounded = *protocol().find_question("S1.i");
  Question free = unbounded;
  free.bounds = {};
  const auto answer = parse_answer(free, yaml("99999999999999999999"));
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message.find("too large"), std::string::npos);
}

TEST(AnswerParser, StillReadsStoredMoneyThatAPersonWouldBeAskedAbout) {
  const auto stored = read_stored_answer(question("m"), Value("EUR 1.125"));
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(*stored, Value(*base::Money::parse("EUR 1.125")));
}

TEST(AnswerParser, BoundsTheNameOfAFile) {
  const auto file = [](std::string name) {
    return Value(Value::Record{{"name", std::move(name)}, {"sha256", std::string(64, 'a')}, {"bytes", 1}});
  };
  EXPECT_EQ(reading("f", file("a\xff")).substr(0, 4), "byte");
  EXPECT_NE(reading("f", file(std::string(300, 'x'))).find("characters are more than"), std::string::npos);
}

TEST(AnswerParser, TakesPartialRowsAndDerivedValuesInATest) {
  const auto rows = parse_partial_answer(question("k"), yaml("[{name: n, score: 7}]"));
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(base::to_json(*rows), R"([{"name":"n","score":7}])");
  EXPECT_EQ(*parse_partial_answer(question("v"), yaml("5")), Value(5));
  EXPECT_FALSE(parse_partial_answer(question("v"), yaml("five")));
  EXPECT_EQ(base::to_json(*parse_partial_answer(question("vu"), yaml("-2 days"))), R"("-2d")");
}

}  // namespace
}  // namespace tollgate::protocol
