#include "engine/charter_printer.hpp"

#include "base/json.hpp"
#include "charter/charter_builder.hpp"
#include "charter/charter_json.hpp"
#include "charter/html.hpp"
#include "charter/markdown.hpp"
#include "charter/pdf.hpp"

namespace tollgate::engine {
namespace {

charter::CharterFacts facts_of(const LoadedSession& loaded, std::string_view program_version) {
  charter::CharterFacts facts;
  facts.program_version = program_version;
  // A charter is dated by its decision, so that printing it again gives the same bytes.
  const auto* decision = loaded.session->decision();
  facts.generated_at = decision != nullptr ? decision->at : loaded.row.updated_at;
  for (const auto& checkpoint : loaded.checkpoints) {
    const auto manifest = session::read_manifest(checkpoint.manifest);
    if (manifest) facts.checkpoints.push_back({checkpoint.seq, manifest->stage, checkpoint.hash, manifest->at});
  }
  return facts;
}

}  // namespace

std::optional<CharterFormat> parse_charter_format(std::string_view name) {
  if (name == "md") return CharterFormat::kMarkdown;
  if (name == "html") return CharterFormat::kHtml;
  if (name == "pdf") return CharterFormat::kPdf;
  if (name == "json") return CharterFormat::kJson;
  return std::nullopt;
}

std::string_view media_type(CharterFormat format) {
  switch (format) {
    case CharterFormat::kMarkdown: return "text/markdown; charset=utf-8";
    case CharterFormat::kHtml: return "text/html; charset=utf-8";
    case CharterFormat::kPdf: return "application/pdf";
    case CharterFormat::kJson: return "application/json";
  }
  return "application/octet-stream";
}

base::Result<std::string> print_charter(const LoadedSession& loaded, CharterFormat format,
                                        std::string_view program_version) {
  const auto facts = facts_of(loaded, program_version);
  switch (format) {
    case CharterFormat::kMarkdown: return charter::to_markdown(charter::build_charter(*loaded.session, facts));
    case CharterFormat::kHtml: return charter::to_html(charter::build_charter(*loaded.session, facts));
    case CharterFormat::kPdf: return charter::to_pdf(charter::build_charter(*loaded.session, facts));
    case CharterFormat::kJson: return base::to_pretty_json(charter::charter_json(*loaded.session, facts)) + "\n";
  }
  return base::fail(base::ErrorCode::kInternal, "unknown charter format");
}

}  // namespace tollgate::engine
