#include "session/checkpoint.hpp"

#include <map>

#include <gtest/gtest.h>

#include "tests/session/sample_session.hpp"

namespace tollgate::session {
namespace {

const base::SessionId kId = sample_info().id;

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() {
    trial_.policy = {.mode = RunMode::kBatch};
    trial_.brief = good_brief();
    while (trial_.step()) {
      for (const auto& stage : trial_.session().protocol().stages) {
        const auto* gate = trial_.session().gate(stage.id);
        if (gate != nullptr && gate->passed && gated_[stage.id] != gate->number) {
          gated_[stage.id] = gate->number;
          append(stage);
        }
      }
    }
  }
  void append(const protocol::Stage& stage) {
    const auto seq = static_cast<std::int64_t>(chain_.size());
    const auto previous = chain_.empty() ? base::Sha256{} : chain_.back().hash;
    auto made = make_checkpoint(trial_.session(), stage, seq, previous, trial_.session().info().created_at);
    chain_.push_back({made.seq, made.hash, made.manifest});
    for (auto& content : made.contents) contents_[content.digest.to_hex()] = std::move(content.bytes);
  }
  ContentReader reader() const {
    return [this](const base::Sha256& digest) -> base::Result<std::string> {
      const auto it = contents_.find(digest.to_hex());
      if (it == contents_.end()) return base::fail(base::ErrorCode::kNotFound, "it is gone");
      return it->second;
    };
  }
  VerifyReport verify() const { return verify_chain(kId, trial_.session().protocol().hash, chain_, reader()); }
  void expect_altered(std::int64_t seq, const std::string& what) {
    const auto report = verify();
    ASSERT_TRUE(report.altered) << what;
    ASSERT_EQ(*report.altered, seq) << what << ": " << report.reason;
    ASSERT_EQ(report.last_good, seq - 1) << what;
    ASSERT_FALSE(report.reason.empty());
  }

  Trial trial_;
  std::map<std::string, std::int64_t> gated_;
  std::vector<StoredCheckpoint> chain_;
  std::map<std::string, std::string> contents_;
};

TEST_F(CheckpointTest, VerifiesAChainAsItWasWritten) {
  ASSERT_EQ(chain_.size(), 3U);
  const auto report = verify();
  EXPECT_FALSE(report.altered) << report.reason;
  EXPECT_EQ(report.checked, 3);
  EXPECT_EQ(report.last_good, 3);
}

TEST_F(CheckpointTest, VerifiesAnEmptyChain) {
  chain_.clear();
  EXPECT_FALSE(verify().altered);
  EXPECT_EQ(verify().last_good, 0);
}

TEST_F(CheckpointTest, StoresAnUnchangedStageOnce) {
  EXPECT_EQ(contents_.size(), 3U);
  EXPECT_EQ(read_manifest(chain_.back().manifest)->stages.size(), 3U);
}

TEST_F(CheckpointTest, FindsEveryAlteredByteOfEveryManifest) {
  for (std::size_t link = 0; link < chain_.size(); ++link) {
    const std::string original = chain_[link].manifest;
    for (std::size_t i = 0; i < original.size(); ++i) {
      chain_[link].manifest = original;
      chain_[link].manifest[i] = static_cast<char>(chain_[link].manifest[i] ^ 1);
      expect_altered(static_cast<std::int64_t>(link) + 1, "manifest byte " + std::to_string(i));
    }
    chain_[link].manifest = original;
  }
}

TEST_F(CheckpointTest, FindsEveryAlteredDigitOfEveryHash) {
  for (std::size_t link = 0; link < chain_.size(); ++link) {
    const auto original = chain_[link].hash;
    const std::string hex = original.to_hex();
    for (std::size_t i = 0; i < hex.size(); ++i) {
      std::string altered = hex;
      altered[i] = altered[i] == '0' ? '1' : '0';
      chain_[link].hash = *base::Sha256::parse(altered);
      expect_altered(static_cast<std::int64_t>(link) + 1, "hash digit " + std::to_string(i));
    }
    chain_[link].hash = original;
  }
}

TEST_F(CheckpointTest, FindsEveryAlteredByteOfEveryContentAtTheFirstCheckpointThatHoldsIt) {
  for (auto& [digest, bytes] : contents_) {
    std::int64_t first = 0;
    for (const auto& link : chain_) {
      if (first == 0 && link.manifest.find(digest) != std::string::npos) first = link.seq;
    }
    ASSERT_GT(first, 0);
    const std::string original = bytes;
    for (std::size_t i = 0; i < original.size(); ++i) {
      bytes[i] = static_cast<char>(bytes[i] ^ 1);
      expect_altered(first, "content byte " + std::to_string(i));
      bytes[i] = original[i];
    }
    bytes = original + " ";
    expect_altered(first, "one byte more");
    bytes = original.substr(1);
    expect_altered(first, "one byte less");
    bytes = original;
  }
}

TEST_F(CheckpointTest, FindsLinksThatAreSwappedDroppedRepeatedOrForeign) {
  const auto original = chain_;
  std::swap(chain_[1], chain_[2]);
  EXPECT_EQ(verify().altered, 3);  // it stands in the place of 2
  EXPECT_EQ(verify().last_good, 1);
  chain_ = original;
  std::swap(chain_[0].seq, chain_[1].seq);
  EXPECT_TRUE(verify().altered);
  chain_ = original;
  chain_.erase(chain_.begin());
  EXPECT_EQ(verify().altered, 2);
  EXPECT_EQ(verify().last_good, 0);
  chain_ = original;
  chain_.erase(chain_.begin() + 1);
  EXPECT_EQ(verify().altered, 3);
  EXPECT_EQ(verify().last_good, 1);
  chain_ = original;
  chain_.push_back(original.back());
  EXPECT_EQ(verify().altered, 3);
  chain_ = original;
  EXPECT_EQ(verify_chain(*base::SessionId::parse("01890a5d-ac96-774b-bcce-b302099a8058"),
                         trial_.session().protocol().hash, chain_, reader())
                .altered,
            1);
  EXPECT_EQ(verify_chain(kId, base::Sha256::of("another"), chain_, reader()).altered, 1);
}

TEST_F(CheckpointTest, FindsAMissingContent) {
  const auto manifest = read_manifest(chain_[0].manifest);
  ASSERT_TRUE(manifest);
  contents_.erase(manifest->stages[0].second.to_hex());
  expect_altered(1, "gone");
  EXPECT_NE(verify().reason.find("it is gone"), std::string::npos);
}

TEST_F(CheckpointTest, RestoresTheStateItWasMadeOf) {
  Session restored(trial_.session().shared_protocol(), sample_info());
  const auto done = restore(restored, *read_manifest(chain_.back().manifest), reader());
  ASSERT_TRUE(done) << done.error().message;
  for (const auto& question : restored.protocol().questions) {
    const auto* before = trial_.session().environment().find(question.name);
    const auto* after = restored.environment().find(question.name);
    ASSERT_EQ(before == nullptr, after == nullptr) << question.name;
    if (before != nullptr) EXPECT_EQ(*before, *after) << question.name;
    EXPECT_EQ(restored.status(question), trial_.session().status(question)) << question.name;
    if (const auto* answer = restored.latest(question.name)) EXPECT_EQ(answer->revision, 0) << question.name;
  }
  for (const auto& stage : restored.protocol().stages)
    EXPECT_EQ(restored.status(stage), StageStatus::kPassed) << stage.id;
  EXPECT_FALSE(restored.is_decided());
  EXPECT_EQ(describe(session::plan(restored, {.mode = RunMode::kBatch}, {}, {})), "check X1 X2");
}

TEST_F(CheckpointTest, RestoresAnEscalatedAnswerAsEscalated) {
  Trial trial;
  for (const int score : {4, 6, 5}) {
    trial.answer("S1.problem", "Attempt " + std::to_string(score));
    trial.assess("S1.problem", score);
  }
  trial.answer("S1.price", "EUR 900");
  ASSERT_TRUE(trial.gate("S1").passed);
  const auto made = make_checkpoint(trial.session(), trial.stage("S1"), 0, {}, trial.session().info().created_at);
  Session restored(trial.session().shared_protocol(), sample_info());
  ASSERT_TRUE(restore(restored, *read_manifest(made.manifest),
                      [&](const base::Sha256&) -> base::Result<std::string> { return made.contents[0].bytes; }));
  EXPECT_EQ(restored.status(trial.question("S1.problem")), QuestionStatus::kEscalated);
  EXPECT_EQ(*restored.environment().find("S1.problem"), base::Value("Attempt 6"));
  EXPECT_EQ(restored.assessment_in_force("S1.problem")->score, 6);
  EXPECT_EQ(restored.status(trial.stage("S1")), StageStatus::kPassed);
}

TEST_F(CheckpointTest, RefusesToRestoreAlteredContent) {
  const auto manifest = *read_manifest(chain_[0].manifest);
  contents_.begin()->second[0] = ' ';
  for (auto& [digest, bytes] : contents_) bytes[0] = ' ';
  Session restored(trial_.session().shared_protocol(), sample_info());
  const auto done = restore(restored, manifest, reader());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::ErrorCode::kCorrupt);
}

TEST_F(CheckpointTest, RefusesAManifestThatIsNotAsItWasWritten) {
  const std::string good = chain_[0].manifest;
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[]"), good + " ", " " + good, std::string("nonsense")}) {
    const auto manifest = read_manifest(bad);
    ASSERT_FALSE(manifest) << bad;
    EXPECT_EQ(manifest.error().code, base::ErrorCode::kCorrupt);
  }
  const auto value = *base::parse_json(good);
  for (const auto& [key, member] : *value.if_record()) {
    if (key == "title" || key == "owner") continue;  // not in what early versions wrote
    auto without = *value.if_record();
    without.erase(key);
    EXPECT_FALSE(read_manifest(base::to_json(without))) << key;
  }
}

TEST_F(CheckpointTest, VerifiesAForksChainFromItsOrigin) {
  // A fork keeps the checkpoint it started from as link 0 of its own chain.
  std::vector<StoredCheckpoint> fork{{0, chain_[1].hash, chain_[1].manifest}};
  const auto made =
      make_checkpoint(trial_.session(), trial_.stage("S3"), 0, fork[0].hash, trial_.session().info().created_at);
  fork.push_back({made.seq, made.hash, made.manifest});
  EXPECT_FALSE(verify_chain(kId, trial_.session().protocol().hash, fork, reader()).altered);
  const std::string original = fork[0].manifest;
  for (std::size_t i = 0; i < original.size(); ++i) {
    fork[0].manifest[i] = static_cast<char>(fork[0].manifest[i] ^ 1);
    ASSERT_EQ(verify_chain(kId, trial_.session().protocol().hash, fork, reader()).altered, 0) << i;
    fork[0].manifest[i] = original[i];
  }
}

}  // namespace
}  // namespace tollgate::session
