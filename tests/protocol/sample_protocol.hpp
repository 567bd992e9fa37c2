// A small protocol in pieces, so that a test writes only the line it is about.
#pragma once

#include <string>
#include <string_view>

namespace tollgate::protocol {

struct ProtocolParts {
  std::string_view header = "tollgate: 1\nid: sample\nversion: 1.0.0\ntitle: Sample\n";
  std::string_view types = {};         // enums, records, rubrics, options
  std::string_view questions = {};     // of S1, after `problem` and `price`; indented by ten
  std::string_view gate = {};          // of S1; indented by four
  std::string_view after = "[S1]";     // of S2
  std::string_view s2_questions = {};  // after `count`; indented by ten
  std::string_view s2_gate = {};       // indented by four
  std::string_view decisions =
      "decisions:\n  profiles:\n    default:\n      - {id: D9, when: \"true\", then: proceed}\n";
  std::string_view rest = {};  // checks, charter, references, tests
};

inline std::string yaml_of(const ProtocolParts& parts) {
  std::string text(parts.header);
  text += parts.types;
  text +=
      "stages:\n  - id: S1\n    title: One\n    groups:\n      - id: g\n        title: Group\n        questions:\n"
      "          - {id: problem, type: long_text!, ask: Which problem is it}\n"
      "          - {id: price, type: money, ask: What does it cost}\n";
  text += parts.questions;
  text += parts.gate;
  text += "  - id: S2\n    title: Two\n    after: ";
  text += parts.after;
  text +=
      "\n    groups:\n      - id: h\n        title: Group\n        questions:\n"
      "          - {id: count, type: int!, ask: How many}\n";
  text += parts.s2_questions;
  text += parts.s2_gate;
  text += parts.decisions;
  text += parts.rest;
  return text;
}

}  // namespace tollgate::protocol
