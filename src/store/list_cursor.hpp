// The opaque text behind SessionPage::next: the last row shown, bound to the filter it was shown under.
//
// Not a secret and not signed: a forged cursor reaches nothing the same filter would not show. The check catches a
// cursor that was cut, changed or taken to another listing. Pure functions.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/records.hpp"

namespace tollgate::store {

struct ListPosition {
  base::Timestamp updated_at;
  base::SessionId id;
};

std::string encode_cursor(const SessionFilter& filter, const ListPosition& last);

// Of filter.cursor, which must not be empty. The limit may change from page to page.
base::Result<ListPosition> decode_cursor(const SessionFilter& filter);

}  // namespace tollgate::store
