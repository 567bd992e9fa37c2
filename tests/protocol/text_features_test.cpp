#include "protocol/text_features.hpp"

#include <gtest/gtest.h>

namespace tollgate::protocol {
namespace {

struct Counted {
  friend void PrintTo(const Counted& row, std::ostream* out) { *out << row.text; }
  const char* text;
  std::int64_t count;
};

class Words : public testing::TestWithParam<Counted> {};
TEST_P(Words, AreCounted) {
  EXPECT_EQ(count_words(GetParam().text), GetParam().count);
}
constexpr Counted kWords[] = {
    {"", 0},
    {"... -- !!", 0},
    {"one two  three", 3},
    {"It's state-of-the-art, isn’t it?", 4},
    {"2.4 % of 1,200 on 2027-01-31", 5},
    {"a/b and c", 4},
    {"Größe der Änderung", 3},
    {"Снижение оттока клиентов", 3},
    {"減らす、顧客離れ。", 2},
    {"a\u00a0b\u2014c", 3},
    {"\xff\xfe broken \xc3 bytes", 2},
    {"👍 fine", 1},
};
INSTANTIATE_TEST_SUITE_P(TextFeatures, Words, testing::ValuesIn(kWords));

class Numbers : public testing::TestWithParam<Counted> {};
TEST_P(Numbers, AreCounted) {
  EXPECT_EQ(count_numbers(GetParam().text), GetParam().count);
}
constexpr Counted kNumbers[] = {
    {"", 0},
    {"no figure here", 0},
    {"2.4 %", 1},
    {"1,200 rows and 5 %", 2},
    {"€15k", 1},
    {"EUR15k, EUR 21 M, $3,000.50", 3},
    {"on 2027-01-31", 1},
    {"from 9 to 1 day", 2},
    {"12-month plan, 24/7", 2},
    {"30ms, 1h30", 2},
    {">5 and ~12 and -3", 3},
    {"since mid-2024", 1},
    {"2×3", 2},
    {"S3, COVID-19, GPT-4, ISO27001, Q3, B2B", 0},
    {"3D and 5G and 2FA", 0},
    {"3f2a9c", 0},
    {"1. Reduce churn\n2. Reduce cost", 0},
    {"1. Reduce churn by 5 %\n2. Reduce cost", 1},
    {"reasons: 1) cost 2) delay", 0},
    {"churn (about 12) a day", 1},
    {"1.", 0},
    {"in 2024. Then", 1},
    {"twelve nurses, half of them", 2},
    {"two hundred", 1},
    {"5 million", 1},
    {"two thirds", 1},
    {"twenty-five people", 1},
    {"a third party", 0},
    {"third-party one-off", 0},
    {"no one of them, one another, each one", 0},
    {"one of the reasons", 0},
    {"one nurse", 1},
};
INSTANTIATE_TEST_SUITE_P(TextFeatures, Numbers, testing::ValuesIn(kNumbers));

constexpr const char* kVague[] = {
    "Improve retention",
    "We want to be more efficient.",
    "We will leverage AI to improve customer experience and optimise various processes soon.",
    ("Our company wants to leverage innovative technology to enhance efficiency across many departments, delivering "
     "significant value as soon as possible."),
    "Better quality, faster delivery, etc.",
    "A robust, scalable and user-friendly solution with state-of-the-art accuracy",
    "Not only better but also faster",
    "\"Improve customer retention significantly\"",
    "The data is good and will be used as appropriate.",
    "Improve customer retention in the telecom division",
    "Often the results are poor, so a lot of things should be better",
};
constexpr const char* kConcrete[] = {
    "",
    "Churn is 2.4 % a month and costs EUR 21 M a year; we want to improve it to 1.9 % in 12 months",
    "Eleven analysts copy 40 supplier invoices a day by hand into the ledger, 3 minutes each, 2 % with errors.",
    ("Nurses on the surgical ward retype the medication list from the discharge letter into the ordering system, and "
     "many transcription errors reach the pharmacy."),
    "Dispatchers ring customers in the order tickets arrive; tickets of hospitals wait behind printer requests.",
    "This is not about better forecasts but about removing the manual release of purchase orders in SAP.",
    "Managers call it \"state of the art\", yet the operators of line 4 still note every stop on paper forms.",
    "The gearbox of a turbine fails without warning, and a crane ship must be booked at the day rate.",
};
TEST(Vague, AccusesTextThatLeansOnVagueWords) {
  for (const char* text : kVague) EXPECT_TRUE(is_vague(text)) << text;
}
TEST(Vague, AcquitsTextThatBacksThemUp) {
  for (const char* text : kConcrete) EXPECT_FALSE(is_vague(text)) << text;
}

constexpr const char* kDismissive[] = {
    "",
    "  ...  ",
    "-",
    "?",
    "n/a",
    "N/A.",
    "NA",
    "none",
    "None.",
    "None that we know of",
    "None that we are aware of at the moment.",
    "not applicable",
    "This is not applicable to our project.",
    "no risks",
    "There are no risks here.",
    "No.",
    "nothing to worry about",
    "There is nothing to worry about.",
    "it is fine",
    "It's fine",
    "Everything is fine with the model",
    "we trust the vendor",
    "We trust the vendor on this.",
    "TBD",
    "tbd - will be decided later",
    "will be decided later",
    "This will be decided later by the team",
    "To be determined at a later stage.",
    "don't know",
    "I don’t know",
    "We do not know yet.",
    "same as above",
    "See above.",
    "asdf",
    "asdfasdf jkl",
    "xxx",
    "bla bla bla",
    "test",
    "ok",
    "No issues. No risks. All good.",
};
constexpr const char* kSubstantive[] = {
    "None of the 12 interviewed nurses saw a risk in X because the alert only reorders the list",
    "None of the interviewed nurses saw a risk in the display because the alert only reorders their list",
    "No labelling project is planned: anomaly detection learns from normal operation.",
    "No personal data is processed; the sensors measure vibration and temperature of the gearbox.",
    "Unknown at present: the vendor has not disclosed which hospitals its training data comes from.",
    "The risk is that dispatchers trust the vendor blindly and stop checking the ranking.",
    "It is not known which share of alerts the night shift ignores.",
    "We trust the vendor only after an audit of its training data by our own statisticians.",
    "Will be decided later by the works council after the pilot in Hamburg has reported override rates.",
    "5",
    "Churn",
    "Daily",
    "Снижение оттока клиентов",
    "No changes to the night shift",
};
TEST(Dismissive, AccusesEvasions) {
  for (const char* text : kDismissive) EXPECT_TRUE(is_dismissive(text)) << text;
}
TEST(Dismissive, AcquitsSubstance) {
  for (const char* text : kSubstantive) EXPECT_FALSE(is_dismissive(text)) << text;
}

TEST(Similarity, IsHighForACopyAndLowForAnAnswer) {
  const char* question = "Which problem does the tool solve, for whom, and how often does it occur?";
  EXPECT_EQ(similarity(question, question), 100);
  EXPECT_GE(similarity(question, "The tool solves a problem that occurs often."), 80);
  EXPECT_LE(similarity(question,
                       "Eleven analysts copy 40 supplier invoices a day by hand into the ledger; the tool "
                       "reads them, and the problem of typing errors goes away."),
            30);
  EXPECT_EQ(similarity(question, "Churn"), 0);
  EXPECT_EQ(similarity("", ""), 0);
  EXPECT_EQ(similarity("risks planned", "Risk, plan!"), 100);
  EXPECT_EQ(similarity("improving policies", "improve policy"), 100);
}

}  // namespace
}  // namespace tollgate::protocol
