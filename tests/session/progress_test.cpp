#include "session/progress.hpp"

#include <gtest/gtest.h>

#include "tests/session/sample_session.hpp"

namespace tollgate::session {
namespace {

TEST(Progress, CountsWhatIsAskedAnsweredAndSettledPerStage) {
  Trial trial;
  const auto s1 = [&] { return progress_of(trial.session()).at(0); };
  EXPECT_EQ(progress_of(trial.session()).size(), 3U);
  EXPECT_EQ(s1().asked, 2U);
  EXPECT_EQ(s1().answered, 0U);
  trial.answer("S1.problem", kGoodText);
  EXPECT_EQ(s1().answered, 1U);
  EXPECT_EQ(s1().settled, 0U);
  trial.assess("S1.problem", 3);
  EXPECT_EQ(s1().settled, 0U);
  trial.answer("S1.problem", kGoodText);
  trial.assess("S1.problem", 8);
  trial.answer("S1.note", "optional");
  EXPECT_EQ(s1().asked, 3U);
  EXPECT_EQ(s1().answered, 2U);
  EXPECT_EQ(s1().settled, 2U);
  EXPECT_EQ(s1().status, StageStatus::kOpen);
  trial.answer("S1.price", "EUR 900");
  trial.gate("S1");
  EXPECT_EQ(s1().status, StageStatus::kPassed);
  EXPECT_EQ(s1().settled, s1().asked);
}

}  // namespace
}  // namespace tollgate::session
