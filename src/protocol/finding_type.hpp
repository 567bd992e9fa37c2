// The record that decision rules see of each finding.
#pragma once

#include <memory>

#include "protocol/type.hpp"

namespace tollgate::protocol {

// {id, severity (ordered enum minor < major < critical), text}
std::shared_ptr<const RecordType> finding_type();

}  // namespace tollgate::protocol
