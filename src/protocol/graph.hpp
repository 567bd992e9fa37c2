// A protocol's dependencies as a picture: stages as clusters, questions as nodes, an arrow from each source to what
// reads it, dashed arrows between stages for `after`.
#pragma once

#include <string>

#include "protocol/model.hpp"

namespace tollgate::protocol {

std::string to_mermaid(const Protocol& protocol);  // flowchart of Mermaid 10
std::string to_dot(const Protocol& protocol);      // Graphviz

}  // namespace tollgate::protocol
