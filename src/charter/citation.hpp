// References in the style of the Publication Manual of the American Psychological Association, 7th edition (APA 7).
//
// Authors are taken as written: "Lundberg, S. M." is a person, a name without a comma an organisation; a last author
// "et al." says that the protocol does not name all of them. Titles keep their capitals.
#pragma once

#include <string_view>
#include <vector>

#include "charter/document.hpp"
#include "protocol/model.hpp"

namespace tollgate::charter {

// One entry. `suffix` tells works of the same authors and year apart: "a" in (2017a), (n.d.-a).
Text format_apa(const protocol::Citation& citation, std::string_view suffix = {});

// All entries, sorted by what each begins with (its first author, or its title), then by year, undated ones first.
std::vector<Text> reference_list(std::vector<protocol::Citation> citations);

}  // namespace tollgate::charter
