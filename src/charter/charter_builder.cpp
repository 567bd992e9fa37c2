#include "charter/charter_builder.hpp"

#include <fmt/format.h>

#include "charter/answers_section.hpp"
#include "charter/chapters.hpp"
#include "charter/decision_section.hpp"
#include "charter/evidence_section.hpp"
#include "charter/findings_section.hpp"
#include "charter/gates_section.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {
namespace {

Document title_page(const Review& review) {
  const auto& protocol = review.protocol();
  const auto& info = review.session.info();
  Document document;
  document.title = (review.decision == nullptr ? "Draft: " : "") + protocol.charter.title;
  document.subtitle =
      protocol.charter.subtitle ? protocol.charter.subtitle->render(review.session.environment()) : info.title;
  document.language = protocol.language;
  document.footer = fmt::format("{} {} · session {}", protocol.id, protocol.version, info.id.to_string());
  return document;
}

}  // namespace

Document build_charter(const session::Session& session, const CharterFacts& facts) {
  const Review review = review_of(session, facts);
  Document document = title_page(review);
  add_title_block(document, review);
  if (review.decision != nullptr) {
    add_decision(document, review);
  } else {
    add_open_points(document, review);
  }
  add_findings(document, review);
  const auto printed = add_chapters(document, review);
  add_gates(document, review);
  document.blocks.emplace_back(PageBreak{});
  Appendices appendices;
  add_answers(document, review, appendices, printed);
  add_earlier_answers(document, review, appendices);
  add_remarks(document, review, appendices);
  add_decision_table(document, review, appendices);
  add_checkpoints(document, review, appendices);
  add_references(document, review);
  add_signatures(document, review);
  return document;
}

}  // namespace tollgate::charter
