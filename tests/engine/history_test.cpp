// The past of a session: verified, and continued elsewhere.
#include <algorithm>

#include <gmock/gmock.h>

#include "base/json.hpp"
#include "tests/engine/engine_fixture.hpp"

namespace tollgate {
namespace {

using base::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class History : public test::EngineTest {
 protected:
  engine::Verification verify(engine::Engine& engine, base::SessionId id) { return run(engine.verify(id)).value(); }
};
INSTANTIATE_TEST_SUITE_P(Stores, History, testing::Values(test::StoreKind::kFake, test::StoreKind::kSqlite),
                         test::kind_name);

TEST_P(History, VerifiesWhatWasNotTouched) {
  auto engine = with_model();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  const auto report = verify(*engine, id);
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.chain.checked, 4);
  EXPECT_EQ(report.chain.last_good, 4);
}

TEST_P(History, NamesTheCheckpointWhoseManifestWasAltered) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  for (std::size_t which = 0; which < 4; ++which) {
    store_->alter_record = [which](store::SessionRecord& record) {
      auto& manifest = record.checkpoints[which].manifest;
      manifest[manifest.find("\"at\":\"") + 9] ^= 1;
    };
    const auto report = verify(*engine, id);
    EXPECT_FALSE(report.intact());
    EXPECT_EQ(report.chain.altered, static_cast<std::int64_t>(which) + 1);
    EXPECT_EQ(report.chain.last_good, static_cast<std::int64_t>(which));
  }
}

TEST_P(History, NoticesAnyByteOfAContent) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  for (std::size_t at = 0; at < 2000; at += 97) {
    store_->alter_blob = [at](const base::Sha256&, std::string& bytes) { bytes[at % bytes.size()] ^= 4; };
    EXPECT_FALSE(verify(*engine, id).intact()) << at;
  }
}

TEST_P(History, NamesAnAnswerThatWasAltered) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) {
    for (auto& entry : record.inputs) {
      if (entry.subject == "A.depth") entry.body.if_record()->insert_or_assign("value", 39);
    }
  };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("A.depth revision 1"));
}

TEST_P(History, NamesAnAssessmentThatWasAltered) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) {
    for (auto& entry : record.outcomes) {
      if (entry.kind == "assessment" && entry.subject == "B.quality")
        entry.body.if_record()->insert_or_assign("score", 10);
    }
  };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("B.quality assessment 1"));
}

TEST_P(History, NamesAGateThatWasAltered) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) {
    for (auto& entry : record.outcomes) {
      if (entry.kind == "gate" && entry.subject == "A")
        entry.body.if_record()->insert_or_assign("completeness", base::Decimal::parse("0.5").value());
    }
  };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("A gate 1"));
}

TEST_P(History, NoticesThatTheLastCheckpointIsGone) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) { record.checkpoints.pop_back(); };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("checkpoint 4 of decision 1 is missing"));
  store_->alter_record = [](store::SessionRecord& record) { record.checkpoints.resize(2); };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre(testing::EndsWith("checkpoint of gate 1 is missing"),
                                                               "checkpoint 4 of decision 1 is missing"));
}

TEST_P(History, NamesACheckThatWasAltered) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) {
    for (auto& entry : record.outcomes) {
      if (entry.kind == "check" && entry.subject == "X3")
        entry.body.if_record()->insert_or_assign("status", "contradiction");
    }
  };
  EXPECT_THAT(verify(*engine, id).altered_answers, testing::Contains("X3 check 1"));
}

TEST_P(History, NamesACheckByAModelThatWasAlteredOrIsGone) {
  auto engine = with_model();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) {
    for (auto& entry : record.outcomes) {
      if (entry.kind == "check" && entry.subject == "X1") entry.body.if_record()->insert_or_assign("text", "Better.");
    }
  };
  EXPECT_THAT(verify(*engine, id).altered_answers, testing::Contains("X1 check 1"));
  store_->alter_record = [](store::SessionRecord& record) {
    std::erase_if(record.outcomes, [](const auto& entry) { return entry.kind == "check" && entry.subject == "X1"; });
  };
  EXPECT_THAT(verify(*engine, id).altered_answers, testing::Contains("X1 check 1"));
}

TEST_P(History, NamesWhatWasAlteredOfTheSessionItself) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) { record.row.title = "Another well"; };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("title"));
  store_->alter_record = [](store::SessionRecord& record) { record.row.owner = "eve"; };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("owner"));
  store_->alter_record = [](store::SessionRecord& record) { record.row.decision = "proceed_with_care"; };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("decision 1"));
}

TEST_P(History, NamesATitleThatWasAlteredBeforeAnythingIsDecided) {
  auto engine = offline();
  const auto id = create(*engine);
  auto brief = test::well_brief();
  std::erase_if(brief.answers, [](const auto& answer) { return answer.first.starts_with("C."); });
  ASSERT_TRUE(run_batch(*engine, id, brief));
  ASSERT_FALSE(load(*engine, id).session->is_decided());
  store_->alter_record = [](store::SessionRecord& record) { record.row.title = "Another well"; };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("title"));
}

TEST_P(History, NoticesADecisionThatIsGone) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  const auto without_decision = [](store::SessionRecord& record) {
    std::erase_if(record.outcomes, [](const auto& entry) { return entry.kind == "decision"; });
  };
  store_->alter_record = without_decision;
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("decision 1", "the decision is missing"));
  store_->alter_record = [&](store::SessionRecord& record) {
    without_decision(record);
    record.row.status = store::SessionStatus::kOpen;
  };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("decision 1"));
}

TEST_P(History, NoticesAnyByteOfWhatWasDecided) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  const auto closing = session::read_manifest(load(*engine, id).checkpoints.back().manifest)->closing;
  ASSERT_TRUE(closing);
  store_->alter_blob = [&](const base::Sha256& digest, std::string& bytes) {
    if (digest == *closing) bytes.back() ^= 1;
  };
  const auto report = verify(*engine, id);
  EXPECT_EQ(report.chain.altered, 4);
  EXPECT_EQ(report.chain.reason, "what was decided was altered");
}

// As versions left them that closed no decision and named no title.
TEST_P(History, VerifiesWhatAnEarlyVersionWrote) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) {
    record.checkpoints.pop_back();
    base::Sha256 parent{};
    for (auto& checkpoint : record.checkpoints) {
      auto manifest = *base::parse_json(checkpoint.manifest)->if_record();
      manifest.erase("title");
      manifest.erase("owner");
      manifest["parent"] = parent.to_hex();
      checkpoint.manifest = base::to_json(std::move(manifest));
      parent = checkpoint.hash = session::chain_hash(parent, record.row.protocol_hash, checkpoint.manifest);
    }
    for (auto& entry : record.outcomes) {
      if (entry.kind == "decision") entry.body.if_record()->erase("checkpoint");
    }
  };
  const auto report = verify(*engine, id);
  EXPECT_TRUE(report.intact()) << report.chain.reason;
  EXPECT_EQ(report.chain.checked, 3);
}

TEST_P(History, NoticesADecisionThatWasAltered) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  store_->alter_record = [](store::SessionRecord& record) {
    for (auto& entry : record.outcomes) {
      if (entry.kind == "decision") entry.body.if_record()->insert_or_assign("outcome", "halt");
    }
  };
  EXPECT_THAT(verify(*engine, id).altered_answers, ElementsAre("decision 1"));
}

TEST_P(History, AForkOfEachCheckpointGoesOnAndBothStayIntact) {
  auto engine = with_model();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  const auto before = load(*engine, id);
  constexpr std::int64_t kLast = 3;  // 4 closes the decision
  for (std::int64_t seq = 1; seq <= kLast + 1; ++seq) {
    const auto row = run(engine->fork(id, seq, "Fork " + std::to_string(seq), "fork" + std::to_string(seq)));
    ASSERT_TRUE(row) << row.error().message;
    provider_.requests.clear();
    const auto report = run_batch(*engine, row->id);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->plan.decided) << seq;
    // What the checkpoint holds is not judged again.
    EXPECT_THAT(provider_.of(llm::Task::kAssess), SizeIs(static_cast<std::size_t>(kLast - std::min(seq, kLast))));
    EXPECT_TRUE(verify(*engine, row->id).intact()) << seq;
    EXPECT_EQ(load(*engine, row->id).checkpoints.back().seq, kLast - std::min(seq, kLast) + 1);
  }
  EXPECT_TRUE(verify(*engine, id).intact());
  EXPECT_EQ(load(*engine, id).row.head_seq, before.row.head_seq);
}

TEST_P(History, AForkCanAnswerOtherwise) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  const auto fork = run(engine->fork(id, 3, "", "f")).value().id;
  answer(*engine, fork, "C.consent", false);
  ASSERT_TRUE(run(engine->run(fork, test::kInteractive, {}, {})));
  EXPECT_EQ(load(*engine, fork).session->decision()->result.rule, "D1");
  EXPECT_EQ(load(*engine, id).session->decision()->result.rule, "D3");
  EXPECT_TRUE(verify(*engine, fork).intact());
}

TEST_P(History, AWaiverStandsInAForkAndCanBeGivenThereAnew) {
  auto engine = offline();
  const auto id = create(*engine);
  auto brief = test::well_brief();
  brief.answers["A.depth"] = {180};
  const session::BriefWaiver waiver{"A", "GA.depth", "reviewer", "rita", "Dry.", base::Date::parse("2027-06-30")};
  brief.waivers = {waiver};
  ASSERT_TRUE(run_batch(*engine, id, brief));
  const auto fork = run(engine->fork(id, 1, "", "f")).value().id;
  ASSERT_TRUE(run_batch(*engine, fork, brief));
  const auto loaded = load(*engine, fork);
  EXPECT_TRUE(loaded.session->is_decided());
  EXPECT_EQ(loaded.session->gate("A")->number, load(*engine, id).session->gate("A")->number);  // not gated again
  EXPECT_TRUE(verify(*engine, fork).intact());
}

TEST_P(History, TheSameKeyForksOnce) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  EXPECT_EQ(run(engine->fork(id, 1, "", "f")).value().id, run(engine->fork(id, 1, "", "f")).value().id);
  EXPECT_EQ(run(engine->fork(id, 9, "", "g")).error().code, ErrorCode::kNotFound);
}

TEST_P(History, AnAlteredProtocolIsNoticedByTheNextProcess) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  auto fresh = offline();
  store_->alter_protocol = [](store::ProtocolRow& row) { row.canonical[row.canonical.size() / 2] ^= 1; };
  const auto report = run(fresh->verify(id));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace tollgate
