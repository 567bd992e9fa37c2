// A protocol of the stages that a test is about, with a rubric `hard` for a powerful model; it always proceeds.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "protocol/compiler.hpp"

namespace tollgate::test {

// `stages`: the YAML below `stages:`, indented by two.
inline std::shared_ptr<const protocol::Protocol> staged_protocol(const std::string& stages) {
  const auto compiled = protocol::compile_text(
      "tollgate: 1\nid: staged\nversion: 1.0.0\ntitle: Staged\nrubrics:\n  hard: {tier: powerful}\nstages:\n" + stages +
      "decisions:\n  profiles:\n    default: [{id: D1, when: \"true\", then: proceed, say: Go.}]\n");
  if (!compiled.protocol) throw std::runtime_error(protocol::to_string(compiled.diagnostics));
  return compiled.protocol;
}

}  // namespace tollgate::test
