// A protocol's own tests: its `tests:` and its good and weak examples, run at every load of a source file.
#pragma once

#include <cstddef>
#include <vector>

#include "protocol/model.hpp"
#include "protocol/node_reader.hpp"
#include "protocol/source.hpp"

namespace tollgate::protocol {

// Returns how many ran; each failure is an error at the test's place.
std::size_t run_tests(const Protocol& protocol, const SourceNode& root, NodeReader& reader);

// The good example of a judged question must fit its type and pass the pre-checks; the weak one must not.
void check_examples(const Protocol& protocol, const std::vector<const SourceNode*>& question_nodes, NodeReader& reader);

}  // namespace tollgate::protocol
