#include "charter/citation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/charter/outline.hpp"

namespace tollgate::charter {
namespace {

using protocol::Citation;

struct ApaCase {
  const char* name;
  Citation citation;
  const char* expected;
};

class Apa : public testing::TestWithParam<ApaCase> {};

TEST_P(Apa, PrintsAs) {
  EXPECT_EQ(outline(format_apa(GetParam().citation)), GetParam().expected);
}

const ApaCase kCases[] = {
    {"JournalWithVolumeIssueAndPages",
     {"journal",
      {"Wachter, S.", "Mittelstadt, B.", "Russell, C."},
      "2018",
      "Counterfactual explanations",
      "Harvard Journal of Law & Technology, 31(2), 841–887"},
     "Wachter, S., Mittelstadt, B., & Russell, C. (2018). Counterfactual explanations. *Harvard Journal of Law & "
     "Technology, 31*(2), 841–887."},
    {"JournalWithArticleNumberAndDoi",
     {"journal",
      {"Wilkinson, M. D."},
      "2016",
      "The FAIR Guiding Principles",
      "Scientific Data, 3, 160018",
      "",
      "10.1038/sdata.2016.18"},
     "Wilkinson, M. D. (2016). The FAIR Guiding Principles. *Scientific Data, 3*, 160018. "
     "https://doi.org/10.1038/sdata.2016.18"},
    {"JournalWithoutVolume",
     {"journal", {"Roe, R."}, "2020", "A paper", "Journal of Tests"},
     "Roe, R. (2020). A paper. *Journal of Tests*."},
    {"DoiGivenAsUrlBeatsTheUrl",
     {"book", {"Roe, R."}, "2020", "A book", "House", "https://example.org", "https://dx.doi.org/10.1/x"},
     "Roe, R. (2020). *A book*. House. https://doi.org/10.1/x"},
    {"TwoPeopleAreJoinedByCommaAndAmpersand",
     {"book", {"Lundberg, S. M.", "Lee, S.-I."}, "2017", "A book", "House"},
     "Lundberg, S. M., & Lee, S.-I. (2017). *A book*. House."},
    {"TwoOrganisationsAreJoinedByAmpersandAlone",
     {"report", {"First Office", "Second Office"}, "2017", "Notes"},
     "First Office & Second Office. (2017). *Notes*."},
    {"ListThatIsNotComplete",
     {"journal", {"Wilkinson, M. D.", "Baak, A.", "et al."}, "2016", "Data", "Scientific Data, 3"},
     "Wilkinson, M. D., Baak, A., et al. (2016). Data. *Scientific Data, 3*."},
    {"EditionIsNotInItalics",
     {"book", {"Roe, R."}, "2020", "A book (2nd ed.)", "House"},
     "Roe, R. (2020). *A book* (2nd ed.). House."},
    {"ReportByItsPublisherNamesItOnce",
     {"report", {"NIST"}, "2023", "AI RMF", "NIST", "", "10.6028/NIST.AI.100-1"},
     "NIST. (2023). *AI RMF*. https://doi.org/10.6028/NIST.AI.100-1"},
    {"WebsiteWithRetrievalDate",
     {"website", {"Roe, R."}, "", "A page", "A site", "https://example.org/a", "", "2026-11-03"},
     "Roe, R. (n.d.). *A page*. A site. Retrieved November 3, 2026, from https://example.org/a"},
    {"WebsiteWithoutRetrievalDate",
     {"website", {"Roe, R."}, "2024, March 3", "A page", "A site", "https://example.org/a"},
     "Roe, R. (2024, March 3). *A page*. A site. https://example.org/a"},
    {"ProceedingsWithPages",
     {"conference", {"Ribeiro, M. T."}, "2016", "\"Why should I trust you?\"", "Proceedings of KDD, 1135–1144"},
     "Ribeiro, M. T. (2016). \"Why should I trust you?\" In *Proceedings of KDD* (pp. 1135–1144)."},
    {"ProceedingsThatAppearAsASerial",
     {"conference", {"Lee, S.-I."}, "2017", "Shapley", "Advances in Systems, 30, 4765–4774"},
     "Lee, S.-I. (2017). Shapley. *Advances in Systems, 30*, 4765–4774."},
    {"LawBeginsWithItsTitle",
     {"law",
      {"European Parliament"},
      "2016",
      "Regulation (EU) 2016/679",
      "Official Journal, L 119, 1–88",
      "http://data.europa.eu/x"},
     "Regulation (EU) 2016/679, Official Journal, L 119, 1–88 (2016). http://data.europa.eu/x"},
    {"WithoutAuthorTheTitleComesFirst", {"book", {}, "1999", "Is it so?", "House"}, "*Is it so?* (1999). House."},
};

INSTANTIATE_TEST_SUITE_P(Style, Apa, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

Citation by_many(int count) {
  Citation citation{"book", {}, "2020", "A book", "House"};
  for (int i = 1; i <= count; ++i) citation.authors.push_back("A" + std::to_string(i) + ", B.");
  return citation;
}

TEST(Apa, NamesTwentyAuthors) {
  const std::string text = outline(format_apa(by_many(20)));
  EXPECT_THAT(text, testing::HasSubstr("A18, B., A19, B., & A20, B. (2020)"));
}

TEST(Apa, LeavesTheMiddleOfMoreThanTwentyAuthorsOut) {
  const std::string text = outline(format_apa(by_many(23)));
  EXPECT_THAT(text, testing::HasSubstr("A18, B., A19, B., . . . A23, B. (2020)"));
}

TEST(Apa, LinksTheAddress) {
  const Text text = format_apa({"book", {"Roe, R."}, "2020", "A book", "House", "", "10.1/x"});
  EXPECT_EQ(text.back().link, "https://doi.org/10.1/x");
}

TEST(ReferenceList, SortsByAuthorThenYearWithUndatedWorksFirst) {
  const auto list = reference_list({{"book", {"Zeta, Z."}, "2001", "Z"},
                                    {"book", {"alpha, A."}, "2002", "Later"},
                                    {"book", {"alpha, A."}, "", "Undated"},
                                    {"law", {"Zeta Parliament"}, "2020", "Be it law"}});
  std::vector<std::string> texts;
  for (const auto& entry : list) texts.push_back(outline(entry));
  EXPECT_THAT(texts, testing::ElementsAre("alpha, A. (n.d.). *Undated*.", "alpha, A. (2002). *Later*.",
                                          "Be it law (2020).", "Zeta, Z. (2001). *Z*."));
}

TEST(ReferenceList, TellsWorksOfOneYearApart) {
  const auto list = reference_list(
      {{"book", {"Roe, R."}, "2020", "B"}, {"book", {"Roe, R."}, "2020", "A"}, {"book", {"Roe, R."}, "2021", "C"}});
  EXPECT_EQ(outline(list[0]), "Roe, R. (2020a). *A*.");
  EXPECT_EQ(outline(list[1]), "Roe, R. (2020b). *B*.");
  EXPECT_EQ(outline(list[2]), "Roe, R. (2021). *C*.");
}

}  // namespace
}  // namespace tollgate::charter
