// What a charter says that the session itself does not know. Filled by whoever asks for the charter; plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/sha256.hpp"

namespace tollgate::charter {

// One link of the session's chain of checkpoints.
struct CheckpointFact {
  std::int64_t seq = 0;
  std::string stage;  // id of the stage whose gate passed; empty: it closes the decision
  base::Sha256 hash;
  base::Timestamp at{};
};

struct CharterFacts {
  std::vector<CheckpointFact> checkpoints{};  // oldest first
  std::string program_version{};              // "1.4.0"
  // One sentence about how the assessments came about, printed after what the assessments say themselves; may be empty.
  std::string assessor_note{};
  base::Timestamp generated_at{};
};

}  // namespace tollgate::charter
