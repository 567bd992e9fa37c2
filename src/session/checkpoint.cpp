#include "session/checkpoint.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "session/record_reader.hpp"

namespace tollgate::session {
namespace {

using base::ErrorCode;
using base::Value;

std::string content_of(const Session& session, const protocol::Stage& stage, const GateOutcome& gate) {
  Value::List answers;
  Value::List assessments;
  Value::List waivers;
  for (const auto& group : stage.groups) {
    for (const auto index : group.questions) {
      const std::string& question = session.protocol().questions[index].name;
      if (const Answer* answer = session.in_force(question)) answers.push_back(to_value(*answer));
      if (const Assessment* judged = session.assessment_in_force(question)) {
        Assessment standing = *judged;
        // The best attempt stands because attempts are used up: without the others, its own verdict says so.
        if (session.is_escalated(question)) standing.verdict = Verdict::kEscalated;
        assessments.push_back(to_value(standing));
      }
    }
  }
  for (const Waiver* waiver : session.waivers(stage.id)) waivers.push_back(to_value(*waiver));
  return base::to_json(Value::Record{{"stage", stage.id},
                                     {"answers", std::move(answers)},
                                     {"assessments", std::move(assessments)},
                                     {"waivers", std::move(waivers)},
                                     {"gate", to_value(gate)}});
}

std::string closing_content_of(const Session& session, const Decision& decision) {
  Value::Record options;
  for (const auto& [option, value] : session.info().options) options.emplace(option, value);
  Value::List checks;
  for (const auto& check : session.protocol().checks) {
    if (const CheckOutcome* outcome = session.check(check.id)) checks.push_back(to_value(*outcome));
  }
  return base::to_json(Value::Record{{"profile", session.info().profile},
                                     {"options", std::move(options)},
                                     {"checks", std::move(checks)},
                                     {"decision", to_value(decision)}});
}

// What a link says besides its contents.
struct Link {
  std::string stage;
  Timestamp at{};
  base::Sha256 parent;
};

void seal(Checkpoint& checkpoint, const Session& session, const Link& link, Value::Record contents) {
  contents.insert({{"session", session.info().id.to_string()},
                   {"title", session.info().title},
                   {"owner", session.info().owner},
                   {"seq", checkpoint.seq},
                   {"stage", link.stage},
                   {"at", base::to_rfc3339(link.at)},
                   {"protocol", session.protocol().hash.to_hex()},
                   {"parent", link.parent.to_hex()}});
  checkpoint.manifest = base::to_json(std::move(contents));
  checkpoint.hash = chain_hash(link.parent, session.protocol().hash, checkpoint.manifest);
}

template <typename T, typename Read>
base::Status apply_all(Session& session, const Value& list, const Read& read) {
  if (!list.is_list()) return base::fail(ErrorCode::kCorrupt, "a checkpoint's content is not as it was written");
  for (const auto& body : *list.if_list()) {
    base::Result<T> fact = read(body);
    if (!fact) return std::unexpected(fact.error());
    session.apply(*std::move(fact));
  }
  return {};
}

}  // namespace

base::Sha256 chain_hash(const base::Sha256& parent, const base::Sha256& protocol, std::string_view manifest) {
  std::string bytes(parent.view());
  bytes += protocol.view();
  bytes += manifest;
  return base::Sha256::of(bytes);
}

Checkpoint make_checkpoint(const Session& session, const protocol::Stage& stage, std::int64_t previous_seq,
                           const base::Sha256& previous_hash, Timestamp now, const GateOutcome* gate) {
  Checkpoint checkpoint;
  checkpoint.seq = previous_seq + 1;
  Value::Record stages;
  for (const auto& candidate : session.protocol().stages) {
    const GateOutcome* outcome = gate != nullptr && candidate.id == stage.id ? gate : session.gate(candidate.id);
    if (outcome == nullptr || !outcome->passed) continue;
    std::string bytes = content_of(session, candidate, *outcome);
    const auto digest = base::Sha256::of(bytes);
    stages.emplace(candidate.id, digest.to_hex());
    checkpoint.contents.push_back({digest, std::move(bytes)});
  }
  seal(checkpoint, session, {stage.id, now, previous_hash}, {{"stages", std::move(stages)}});
  return checkpoint;
}

base::Result<Checkpoint> make_closing(const Session& session, const Decision& decision, const StoredCheckpoint& last) {
  TRY(const auto before, read_manifest(last.manifest));
  Checkpoint checkpoint{.seq = decision.checkpoint, .hash = {}, .manifest = {}};
  std::string bytes = closing_content_of(session, decision);
  const auto digest = base::Sha256::of(bytes);
  checkpoint.contents.push_back({digest, std::move(bytes)});
  Value::Record stages;
  for (const auto& [stage, content] : before.stages) stages.emplace(stage, content.to_hex());
  seal(checkpoint, session, {{}, decision.at, last.hash},
       {{"stages", std::move(stages)}, {"closing", digest.to_hex()}});
  return checkpoint;
}

std::vector<base::Sha256> Manifest::contents() const {
  std::vector<base::Sha256> digests;
  for (const auto& [stage_id, digest] : stages) digests.push_back(digest);
  if (closing) digests.push_back(*closing);
  return digests;
}

base::Result<Manifest> read_manifest(std::string_view bytes) {
  const auto malformed = [] { return base::fail(ErrorCode::kCorrupt, "the manifest is not as it was written"); };
  const auto value = base::parse_json(bytes);
  if (!value || base::to_json(*value) != bytes) return malformed();
  Manifest manifest;
  const auto session = base::SessionId::parse(value->string_or("session", ""));
  const auto protocol = base::Sha256::parse(value->string_or("protocol", ""));
  const auto parent = base::Sha256::parse(value->string_or("parent", ""));
  const auto at = base::parse_rfc3339(value->string_or("at", ""));
  const auto* stages = (*value)["stages"].if_record();
  if (!session || !protocol || !parent || !at || stages == nullptr) return malformed();
  manifest.session = *session;
  manifest.protocol = *protocol;
  manifest.parent = *parent;
  manifest.at = *at;
  const auto* seq = (*value)["seq"].if_int();
  const auto* stage_id = (*value)["stage"].if_string();
  if (seq == nullptr || stage_id == nullptr) return malformed();
  manifest.seq = *seq;
  manifest.stage = *stage_id;
  if (const auto* title = (*value)["title"].if_string()) manifest.title = *title;
  if (const auto* owner = (*value)["owner"].if_string()) manifest.owner = *owner;
  if (const auto* closing = (*value)["closing"].if_string()) {
    manifest.closing = base::Sha256::parse(*closing);
    if (!manifest.closing) return malformed();
  }
  for (const auto& [stage, digest] : *stages) {
    const auto parsed = digest.is_string() ? base::Sha256::parse(*digest.if_string()) : std::nullopt;
    if (!parsed) return malformed();
    manifest.stages.emplace_back(stage, *parsed);
  }
  return manifest;
}

VerifyReport verify_chain(const base::SessionId& session, const base::Sha256& protocol_hash,
                          const std::vector<StoredCheckpoint>& checkpoints, const ContentReader& read) {
  VerifyReport report;
  base::Sha256 previous{};
  std::int64_t expected_seq = 1;
  for (const auto& stored : checkpoints) {
    const auto altered = [&](std::string reason) {
      report.altered = stored.seq;
      report.reason = std::move(reason);
      return report;
    };
    const auto manifest = read_manifest(stored.manifest);
    if (!manifest) return altered(manifest.error().message);
    const bool is_origin = stored.seq == 0 && expected_seq == 1;
    if (is_origin) previous = manifest->parent;
    if (!is_origin && (stored.seq != expected_seq || manifest->seq != stored.seq))
      return altered(fmt::format("it stands where checkpoint {} should be", expected_seq));
    if (!is_origin && manifest->session != session) return altered("it belongs to another session");
    if (manifest->protocol != protocol_hash) return altered("it names another protocol");
    if (manifest->parent != previous) return altered("it does not follow the checkpoint before it");
    if (chain_hash(previous, protocol_hash, stored.manifest) != stored.hash)
      return altered("its hash does not fit its content");
    for (const auto& [stage, digest] : manifest->stages) {
      const auto bytes = read(digest);
      if (!bytes)
        return altered(fmt::format("the content of stage {} cannot be read: {}", stage, bytes.error().message));
      if (base::Sha256::of(*bytes) != digest) return altered(fmt::format("the content of stage {} was altered", stage));
    }
    if (manifest->closing) {
      const auto bytes = read(*manifest->closing);
      if (!bytes) return altered("what was decided cannot be read: " + bytes.error().message);
      if (base::Sha256::of(*bytes) != *manifest->closing) return altered("what was decided was altered");
    }
    previous = stored.hash;
    report.last_good = stored.seq;
    ++report.checked;
    if (!is_origin) ++expected_seq;
  }
  return report;
}

base::Status restore(Session& session, const Manifest& manifest, const ContentReader& read) {
  for (const auto& [stage, digest] : manifest.stages) {
    TRY(const auto bytes, read(digest));
    if (base::Sha256::of(bytes) != digest)
      return base::fail(ErrorCode::kCorrupt, fmt::format("the checkpointed content of stage {} was altered", stage));
    TRY(const auto content, base::parse_json(bytes));
    TRY_STATUS(apply_all<Answer>(session, content["answers"], [&](const Value& body) {
      auto answer = read_answer(session.protocol(), body);
      if (answer) answer->revision = 0;
      return answer;
    }));
    TRY_STATUS(apply_all<Assessment>(session, content["assessments"], [](const Value& body) {
      auto judged = read_assessment(body);
      if (judged) judged->revision = 0;
      if (judged) judged->number = 1;
      return judged;
    }));
    TRY_STATUS(apply_all<Waiver>(session, content["waivers"], [](const Value& body) {
      auto waiver = read_waiver(body);
      if (waiver) waiver->number = 0;  // the store counts the fork's own from 1
      return waiver;
    }));
    TRY(auto gate, read_gate(content["gate"]));
    session.apply(std::move(gate));
  }
  return {};
}

}  // namespace tollgate::session
