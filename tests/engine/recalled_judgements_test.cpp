// What a model judged is not asked again: not of the same answer in another session of the same owner, and not because
// another answer of its group is new.
#include <gmock/gmock.h>

#include "tests/engine/engine_fixture.hpp"
#include "tests/fakes/remembering_fake.hpp"
#include "tests/session/staged_protocol.hpp"

namespace tollgate {
namespace {

using fakes::FakeProvider;
using llm::Task;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class RecalledJudgements : public test::EngineTest {
 protected:
  std::unique_ptr<engine::Engine> remembering() {
    return std::make_unique<engine::Engine>(context_.get_executor(), *store_, clock_, random_,
                                            engine::Models{&memory_, &memory_}, config_);
  }
  base::SessionId create_for(engine::Engine& engine, const std::string& owner, const std::string& title) {
    auto row = run(engine.create(
        {.title = title, .owner = owner, .protocol = test::well_protocol(), .idempotency_key = owner + title}));
    return row.value().id;
  }
  std::vector<std::vector<std::string>> assessed() {
    std::vector<std::vector<std::string>> asked;
    for (const auto* request : provider_.of(Task::kAssess)) asked.push_back(FakeProvider::subjects(*request));
    provider_.requests.clear();
    return asked;
  }

  fakes::RememberingFake memory_{provider_};
};
INSTANTIATE_TEST_SUITE_P(Stores, RecalledJudgements, testing::Values(test::StoreKind::kFake), test::kind_name);

TEST_P(RecalledJudgements, OfACopiedSessionOnlyWhatIsNewIsAsked) {
  auto engine = remembering();
  ASSERT_TRUE(run_batch(*engine, create_for(*engine, "ann", "First well")));
  ASSERT_THAT(assessed(), SizeIs(3));

  auto brief = test::well_brief();
  brief.title = "Second well";
  brief.answers["A.place"] = {
      "In the north meadow, 140 m from the nearest house and 90 m from the cow stable of 2019."};
  const auto id = create_for(*engine, "ann", brief.title);
  const auto report = run_batch(*engine, id, brief);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(assessed(), ElementsAre(ElementsAre("A.place")));
  EXPECT_EQ(report->saved_calls, 3);
  const auto loaded = load(*engine, id);
  const auto* recalled = loaded.session->assessment("A.purpose");
  ASSERT_NE(recalled, nullptr);
  EXPECT_EQ(recalled->assessor, session::Assessor::kLlm);
  EXPECT_EQ(recalled->score, 8);
  EXPECT_EQ(recalled->model, "fake/fast");
}

TEST_P(RecalledJudgements, AreNeverThoseOfAnAnswerThatCameMeanwhile) {
  const std::string better = "In the north meadow, 140 m from the nearest house and 90 m from the cow stable of 2019.";
  auto engine = remembering();
  auto brief = test::well_brief();
  brief.answers["A.place"] = {better};
  provider_.judgements["A.place"] = {{10, {}, {}}};
  ASSERT_TRUE(run_batch(*engine, create_for(*engine, "ann", "First well"), brief));

  // While judgements are looked up, a person gives the better answer; that a draft comes too late tells the run of it.
  provider_.judgements["A.place"] = {{8, {}, {}}};
  brief = test::well_brief();
  brief.answers.erase("A.depth");
  const auto id = create_for(*engine, "ann", "Second well");
  memory_.meanwhile = [&](const llm::ChatRequest&) -> boost::asio::awaitable<void> {
    for (int i = 0; i < 10; ++i) co_await pause();
  };
  provider_.meanwhile = [&](const llm::ChatRequest& request) -> boost::asio::awaitable<void> {
    if (request.task != Task::kDraft) co_return;
    EXPECT_TRUE(co_await engine->submit(id, "A.place", better, "ann", {"place"}));
    EXPECT_TRUE(co_await engine->submit(id, "A.depth", 42, "ann", {"depth"}));
  };
  ASSERT_TRUE(run_batch(*engine, id, brief));
  const auto loaded = load(*engine, id);
  ASSERT_THAT(loaded.session->revisions("A.place"), SizeIs(2));
  for (const auto& assessment : loaded.session->assessments("A.place")) {
    EXPECT_FALSE(assessment.revision == 1 && assessment.score == 10) << "of the second answer";
  }
}

TEST_P(RecalledJudgements, AreNotThoseOfAnotherOwner) {
  auto engine = remembering();
  ASSERT_TRUE(run_batch(*engine, create_for(*engine, "ann", "Well")));
  const auto first = assessed();
  ASSERT_TRUE(run_batch(*engine, create_for(*engine, "ben", "Well")));
  EXPECT_EQ(assessed(), first);
}

TEST_P(RecalledJudgements, AreAskedAnewWhenWhatTheAnswerBuildsOnIsAnotherOne) {
  auto engine = remembering();
  ASSERT_TRUE(run_batch(*engine, create_for(*engine, "ann", "Well")));
  (void)assessed();
  auto brief = test::well_brief();
  brief.answers["A.purpose"] = {"Irrigation of 14 ha of orchard, 52,000 litres a day from May to September 2027."};
  ASSERT_TRUE(run_batch(*engine, create_for(*engine, "ann", "Orchard"), brief));
  EXPECT_THAT(assessed(), ElementsAre(ElementsAre("A.purpose"), ElementsAre("B.quality")));
}

// Two answers of a group that build on a third one, and are judged by models of two tiers.
std::shared_ptr<const protocol::Protocol> building_protocol() {
  return test::staged_protocol(R"yaml(
  - id: S
    title: Stage
    groups:
      - {id: ground, title: Ground, questions: [{id: use, type: long_text!, ask: "Use?"}]}
      - id: house
        title: House
        questions:
          - {id: walls, type: long_text!, ask: "Walls?", needs: [use]}
          - {id: roof, type: long_text!, ask: "Roof?", needs: [use], rubric: hard}
          - {id: cellar, type: long_text!, ask: "Cellar?", needs: [use]}
)yaml");
}

class EditedSession : public RecalledJudgements {
 protected:
  // All its questions answered and judged.
  base::SessionId barn(const std::string& title, const std::string& use) {
    auto row = run(
        engine_->create({.title = title, .owner = "ann", .protocol = building_protocol(), .idempotency_key = title}));
    const auto id = row.value().id;
    answer(*engine_, id, "S.use", use);
    for (const auto* question : {"S.walls", "S.roof", "S.cellar"}) answer(*engine_, id, question, first_);
    judge(id);
    return id;
  }
  void judge(base::SessionId id) { ASSERT_TRUE(run(engine_->run(id, test::kInteractive, {}, {}))); }

  const std::string first_ = "Storage of 340 t of grain on two floors from July to March, since the harvest of 2021.";
  std::unique_ptr<engine::Engine> engine_ = remembering();
};
INSTANTIATE_TEST_SUITE_P(Stores, EditedSession, testing::Values(test::StoreKind::kFake), test::kind_name);

TEST_P(EditedSession, JudgesTogetherWhatBuildsOnTheEditAndNotAgainWhenItIsTakenBack) {
  const auto id = barn("Barn", first_);
  EXPECT_THAT(assessed(), SizeIs(4)) << "each alone";
  answer(*engine_, id, "S.use", first_ + " Then 60 sheep live there.");
  judge(id);
  EXPECT_THAT(assessed(),
              UnorderedElementsAre(ElementsAre("S.use"), ElementsAre("S.cellar", "S.walls"), ElementsAre("S.roof")));
  answer(*engine_, id, "S.use", first_);
  judge(id);
  EXPECT_THAT(assessed(), IsEmpty());
  EXPECT_TRUE(load(*engine_, id).session->is_decided());
}

TEST_P(EditedSession, AsksForFollowUpsToWhatIsKeptOfARejection) {
  provider_.judgements["S.walls"] = {{4, {"No thickness."}, {}}, {8, {}, {}}};
  const auto sheep = first_ + " Then 60 sheep live there.";
  (void)barn("Sheep", sheep);
  const auto id = barn("Barn", first_);
  ASSERT_EQ(load(*engine_, id).session->assessment("S.walls")->verdict, session::Verdict::kAccepted);

  answer(*engine_, id, "S.use", sheep);
  judge(id);
  const auto loaded = load(*engine_, id);
  EXPECT_EQ(loaded.session->assessment("S.walls")->verdict, session::Verdict::kRejected);
  EXPECT_THAT(loaded.session->assessment("S.walls")->follow_ups, ElementsAre("How many litres a day?"));
}

}  // namespace
}  // namespace tollgate
