#include "engine/stage_gates.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/chain_link.hpp"
#include "engine/entries.hpp"
#include "session/checkpoint.hpp"
#include "session/gatekeeper.hpp"

namespace tollgate::engine {
namespace {

// The stages that open once the gate of `passed` has, for the first time.
std::vector<std::string> opened_by(const session::Session& session, const protocol::Stage& passed) {
  const auto& stages = session.protocol().stages;
  std::vector<std::string> opened;
  for (const auto& stage : stages) {
    const bool opens = std::all_of(stage.after.begin(), stage.after.end(), [&](std::size_t before) {
      const auto* gate = session.gate(stages[before].id);
      return stages[before].id == passed.id || (gate != nullptr && gate->passed);
    });
    if (opens && !session.is_open(stage)) opened.push_back(stage.id);
  }
  return opened;
}

void add_checkpoint(store::OutcomeCommit& out, const SessionJournal& journal, const protocol::Stage& stage,
                    const session::GateOutcome& gate) {
  const auto* last = journal.last_checkpoint();
  auto checkpoint = session::make_checkpoint(journal.session(), stage, last == nullptr ? 0 : last->seq,
                                             last == nullptr ? base::Sha256{} : last->hash, gate.at, &gate);
  out.events.push_back(checkpoint_event(checkpoint.seq, stage.id, checkpoint.hash));
  add_link(out, std::move(checkpoint));
}

}  // namespace

store::Async<void> evaluate_gate(SessionJournal& journal, std::string stage_id) {
  const auto& session = journal.session();
  const auto& stage = *session.protocol().find_stage(stage_id);
  const auto gate = session::evaluate_gate(session, stage, journal.now());
  auto out = journal.new_commit(gate.at);
  out.events.push_back(gated_event(gate));
  if (gate.passed) {
    add_checkpoint(out, journal, stage, gate);
    for (const auto& opened : opened_by(session, stage)) out.events.push_back(opened_event(opened));
  }
  std::vector<session::GateOutcome> gates{gate};
  co_return co_await journal.record(std::move(gates), std::move(out));
}

}  // namespace tollgate::engine
