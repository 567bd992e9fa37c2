// A document with every kind of block, as a charter would fill it, and texts that try to be markup.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "charter/document.hpp"

namespace tollgate::charter {

inline constexpr std::array<std::string_view, 30> kHostileTexts = {
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "&lt;script&gt; &#60;b&#62; &copy;",
    "<!-- comment -->",
    "<https://evil.example>",
    "[click](javascript:alert(1))",
    "![image](https://evil.example/x.png)",
    "[ref]: https://evil.example",
    "https://evil.example/path and www.evil.example",
    "**bold** __bold__ *em* _em_ ~~gone~~ ***both***",
    "`code` and ``more``",
    "# heading",
    "Title\n===",
    "Title\n---",
    "- item\n- item",
    "+ item",
    "* item",
    "1. one\n2) two",
    "> quote",
    "    indented code",
    "```\nfence\n```",
    "~~~\nfence\n~~~",
    "a | b\n--- | ---\n1 | 2",
    "one\n:-:\nx",
    "---\n***\n___\n* * *",
    "[^1] and [^1]: note",
    "- [x] task",
    "ends with a backslash \\",
};

inline Table sample_scores() {
  Table table{"Quality by stage",
              {{"Stage", Align::kLeft, 5},
               {"Score", Align::kRight, 1},
               {"Gate", Align::kCentre, 2},
               {"What decided it", Align::kLeft, 8}},
              {}};
  const auto row = [&](std::string stage, std::string score, std::string gate, Tone tone, std::string why) {
    table.rows.push_back({{plain(std::move(stage))},
                          {plain(std::move(score)), tone},
                          {plain(std::move(gate))},
                          {plain(std::move(why))}});
  };
  row("1 Business translation", "8.4", "Passed", Tone::kGood,
      "The decision to be improved, its owner and today's figure are named; the target is measurable.");
  row("2 Value", "7.1", "Passed", Tone::kNeutral,
      "Net benefit of $1,240,000 a year holds at half the expected uptake.");
  row("3 Data", "5.9", "Waived", Tone::kCaution,
      "Labels exist for 61 % of the cases only. Waived by the reviewer: a second reading of 400 cases is under way.");
  row("4 Users", "7.8", "Passed", Tone::kGood,
      "Clinicians can override the alert; the override is logged and reviewed.");
  row("5 Ethics", "3.2", "Failed", Tone::kBad, "No consultation with patient representatives has taken place yet.");
  return table;
}

inline Table sample_money() {
  return {"Cost and benefit",
          {{"Item", Align::kLeft, 4},
           {"Year 1", Align::kRight, 2},
           {"Year 2", Align::kRight, 2},
           {"Year 3", Align::kRight, 2}},
          {{{plain("Licences and hosting")}, {plain("−180,000")}, {plain("−95,000")}, {plain("−95,000")}},
           {{plain("Integration and training")}, {plain("−240,000")}, {plain("−40,000")}, {plain("0")}},
           {{plain("Avoided intensive care days")}, {plain("310,000")}, {plain("900,000")}, {plain("1,335,000")}},
           {{strong("Net")}, {strong("−110,000")}, {strong("765,000")}, {strong("1,240,000")}}}};
}

inline Document sample_document() {
  Document document;
  document.title = "Early sepsis alert for the emergency department";
  document.subtitle = "AI project charter · Protocol ai-project-scoping 1.0 · 23 November 2026";
  document.footer = "Early sepsis alert · session 01935b6e-7c1f · confidential";
  document.date = "2026-11-23T14:02:00Z";
  auto& blocks = document.blocks;
  blocks.push_back(Callout{Tone::kCaution,
                           "Submit to the ethics committee",
                           {plain("The project is worth doing and can be built, but it changes the care of people who "
                                  "were not asked. The committee has to see it before any patient data is used."),
                            {{"Rules that fired: ", Style::kPlain},
                             {"vulnerable_group", Style::kCode},
                             {", ", Style::kPlain},
                             {"consultation_missing", Style::kCode},
                             {". See "},
                             {"the decision", Style::kPlain, "#decision"},
                             {"."}}}});
  blocks.push_back(Facts{{{"Sponsor", plain("Dr. Zoë Ångström, Head of Emergency Medicine")},
                          {"Decision due", plain("15 December 2026")},
                          {"Expected net benefit", {{"$1,240,000", Style::kStrong}, {" a year from year 3"}}},
                          {"Model tier", plain("balanced; two answers by the powerful tier")}}});
  blocks.push_back(Heading{1, "Summary", "summary"});
  blocks.push_back(
      Paragraph{{{"Every year "},
                 {"about 310 patients", Style::kStrong},
                 {" reach the intensive care unit with a sepsis that a nurse could have suspected two "
                  "hours earlier. The alert reads vital signs and laboratory values that are recorded "
                  "anyway, and asks the nurse in charge for a second look. It "},
                 {"never", Style::kEmphasis},
                 {" starts or stops a treatment. Background: "},
                 {"Surviving Sepsis Campaign", Style::kPlain, "https://www.sccm.org/survivingsepsis?a=1&b=2"},
                 {"."}}});
  blocks.push_back(Heading{2, "Quality of the answers"});
  blocks.push_back(sample_scores());
  blocks.push_back(Heading{1, "Value", "value"});
  blocks.push_back(sample_money());
  blocks.push_back(Heading{3, "What would make the project fail?"});
  blocks.push_back(
      Quote{"If the alert cries wolf more than twice a shift, nobody will look at it after a week.\n"
            "We saw exactly that with the fall alarm in 2021."});
  blocks.push_back(Bullets{{plain("False alarms: at most one per nurse and shift, measured weekly."),
                            {{"Hand-over", Style::kStrong}, {": the alert must be visible to the next shift."}},
                            plain("Drift: a new laboratory analyser arrives in spring; values shift by 4–6 %.")}});
  blocks.push_back(Heading{1, "Decision", "decision"});
  blocks.push_back(Callout{Tone::kGood, "What is strong", {plain("Owner, figures and a way back are in place.")}});
  blocks.push_back(Callout{Tone::kBad,
                           "What is missing",
                           {plain("Patients' representatives were not consulted, and nobody is named who would switch "
                                  "the alert off.")}});
  blocks.push_back(
      Callout{Tone::kNeutral, "How this was assessed", {plain("Scores 0–10 by rubric; accepted from 7.")}});
  blocks.push_back(Heading{2, "Other writing systems"});
  blocks.push_back(Paragraph{plain("Ελληνικά, Русский, العربية, עברית, Ⅷ ≤ ∑ → ✓, naïve façade")});
  blocks.push_back(Heading{1, "Signatures"});
  blocks.push_back(Signatures{{"Project sponsor", "Clinical lead", "Chair of the ethics committee"}});
  return document;
}

// Every field that takes text holds `text`.
inline Document document_of(const std::string& text) {
  Document document;
  document.title = document.subtitle = document.footer = text;
  const Text spans = {{text}, {text, Style::kStrong}, {text, Style::kEmphasis}, {text, Style::kCode}, {text}};
  document.blocks = {Heading{1, text},
                     Paragraph{spans},
                     Bullets{{plain(text), spans}},
                     Quote{text},
                     Callout{Tone::kBad, text, {spans, plain(text)}},
                     Table{text, {{text}, {text, Align::kRight}}, {{{spans}, {plain(text)}}}},
                     Facts{{{text, spans}}},
                     Signatures{{text}}};
  return document;
}

}  // namespace tollgate::charter
