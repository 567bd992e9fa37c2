#include "protocol/evaluated.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace tollgate::protocol {

std::unexpected<Failure> undefined(std::string message) {
  return std::unexpected(Failure(Undefined{std::move(message)}));
}

std::unexpected<Failure> missing(std::string reference) {
  return std::unexpected(Failure(Missing{{std::move(reference)}}));
}

void Failures::add(Failure next) {
  auto* unanswered = std::get_if<Missing>(&next);
  if (!first_ || (unanswered != nullptr && std::holds_alternative<Undefined>(*first_))) {
    first_ = std::move(next);
  } else if (auto* known = std::get_if<Missing>(&*first_); known != nullptr && unanswered != nullptr) {
    std::vector<std::string> all;
    std::set_union(known->references.begin(), known->references.end(), unanswered->references.begin(),
                   unanswered->references.end(), std::back_inserter(all));
    known->references = std::move(all);
  }
}

}  // namespace tollgate::protocol
