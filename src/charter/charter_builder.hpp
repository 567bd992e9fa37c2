// From a session to the document that its charter is: decision, reasons, the protocol's sections, gates, every answer
// with its score, decision table, checkpoints, references. markdown.hpp, html.hpp and pdf.hpp print it.
//
// A pure function of its arguments; the document owns everything in it. Linear in the size of the session, and bounded:
// texts are printed whole in the sections that show them, tables within the bounds of row_table.hpp. What people typed
// is plain text throughout.
#pragma once

#include "charter/charter_facts.hpp"
#include "charter/document.hpp"
#include "session/session.hpp"

namespace tollgate::charter {

// Of a session without a standing decision: a draft, which says what is open instead. Every outcome prints alike.
Document build_charter(const session::Session& session, const CharterFacts& facts);

}  // namespace tollgate::charter
