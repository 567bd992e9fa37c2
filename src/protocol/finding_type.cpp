#include "protocol/finding_type.hpp"

namespace tollgate::protocol {

std::shared_ptr<const RecordType> finding_type() {
  static const auto kSeverity = std::make_shared<const EnumDefinition>(EnumDefinition{
      "severity", {{"minor", "Minor", {}, 1}, {"major", "Major", {}, 2}, {"critical", "Critical", {}, 3}}});
  static const auto kFinding =
      std::make_shared<const RecordType>(RecordType{"finding",
                                                    {{"id", Type::of(Type::Kind::kString)},
                                                     {"severity", Type::enum_of(kSeverity)},
                                                     {"text", Type::of(Type::Kind::kString)}}});
  return kFinding;
}

}  // namespace tollgate::protocol
