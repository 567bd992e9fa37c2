// The checker's part for constants, lists and records.
#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"
#include "protocol/checker.hpp"
#include "protocol/suggestions.hpp"

namespace tollgate::protocol {

using Kind = Type::Kind;

Checked Checker::literal(const Syntax& syntax, const Hint& hint) const {
  if (syntax.is_string() && hint && hint->kind == Kind::kEnum) return enum_literal(syntax, hint);
  constexpr Kind kKinds[] = {Kind::kBool, Kind::kInt, Kind::kDecimal, Kind::kString};
  Code code =
      make_code(Code::Op::kConstant, Type::of(kKinds[static_cast<std::size_t>(syntax.literal_kind)]), syntax.offset);
  code.constant = syntax.literal;
  return code;
}

Checked Checker::enum_literal(const Syntax& syntax, const Hint& hint) const {
  const std::string& word = *syntax.literal.if_string();
  if (hint->enumeration->find(word) == nullptr) {
    return type_error(
        syntax.offset,
        fmt::format("'{}' is not a value of {}", base::shortened(word, kMaxNameBytes), hint->enumeration->id),
        values_hint(word, *hint->enumeration));
  }
  Code code = make_code(Code::Op::kConstant, *hint, syntax.offset);
  code.constant = word;
  return code;
}

Checked Checker::list(const Syntax& syntax, const Hint& hint) {
  Hint element = hint && hint->kind == Kind::kList && hint->element ? Hint(*hint->element) : std::nullopt;
  // The first item whose type does not depend on its place tells what the others are.
  const auto telling = std::find_if(syntax.children.begin(), syntax.children.end(),
                                    [](const Syntax& item) { return !needs_context(item); });
  std::optional<Code> told;
  if (telling != syntax.children.end()) {
    TRY(told, infer(*telling, element));
    if (!element) element = told->type;
  }
  Code code = make_code(Code::Op::kList, {}, syntax.offset);
  code.type.kind = Kind::kList;
  Hint common;
  for (const auto& child : syntax.children) {
    Code item;
    if (told && &child == &*telling) {
      item = *std::exchange(told, std::nullopt);
    } else {
      TRY(item, infer(child, element));
    }
    const auto type = common ? unified(*common, item.type) : item.type;
    if (!type) {
      return type_error(child.offset,
                        fmt::format("the list holds {} and {}", common->to_string(), item.type.to_string()));
    }
    common = type;
    code.operands.push_back(std::move(item));
  }
  if (common) code.type = Type::list_of(*common);
  return code;
}

Checked Checker::record_field(const Syntax& key, const Syntax& value, const Hint& hint, const RecordType* target) {
  if (!key.is_string())
    return type_error(key.offset, "the keys of a record are texts", "write them in quotes: {\"name\": …}");
  const std::string& id = *key.literal.if_string();
  if (hint && hint->kind == Kind::kMap) {
    TRY(auto checked_key, enum_literal(key, Type::enum_of(hint->enumeration)));
    TRY(auto item, infer(value, *hint->element));
    if (!is_assignable(item.type, *hint->element)) {
      return type_error(value.offset, fmt::format("'{}' is {}, but {} is needed", id, item.type.to_string(),
                                                  hint->element->to_string()));
    }
    return item;
  }
  if (target == nullptr) return infer(value, std::nullopt);
  const RecordMember* wanted = target->find(id);
  if (wanted == nullptr) {
    return type_error(key.offset,
                      fmt::format("record {} has no member '{}'", target->id, base::shortened(id, kMaxNameBytes)),
                      did_you_mean(id, ids_of(target->members)));
  }
  TRY(auto item, infer(value, wanted->type));
  if (!is_assignable(item.type, wanted->type)) {
    return type_error(value.offset,
                      fmt::format("'{}' is {}, but {} is needed", id, item.type.to_string(), wanted->type.to_string()));
  }
  return item;
}

Checked Checker::record(const Syntax& syntax, const Hint& hint) {
  const RecordType* target = hint && hint->kind == Kind::kRecord ? hint->record.get() : nullptr;
  Code code = make_code(Code::Op::kRecord, {}, syntax.offset);
  auto own_type = std::make_shared<RecordType>();
  for (std::size_t i = 0; i + 1 < syntax.children.size(); i += 2) {
    const Syntax& key = syntax.children[i];
    TRY(auto item, record_field(key, syntax.children[i + 1], hint, target));
    const std::string& id = *key.literal.if_string();
    if (own_type->find(id) != nullptr)
      return type_error(key.offset, fmt::format("the key '{}' occurs twice", base::shortened(id, kMaxNameBytes)));
    own_type->members.push_back({id, item.type});
    code.keys.push_back(id);
    code.operands.push_back(std::move(item));
  }
  if (target != nullptr) {
    for (const auto& member : target->members) {
      if (member.optional || own_type->find(member.id) != nullptr) continue;
      return type_error(syntax.offset, fmt::format("the member '{}' of record {} is missing", member.id, target->id));
    }
  }
  const bool has_target = target != nullptr || (hint && hint->kind == Kind::kMap);
  code.type = has_target ? *hint : Type::record_of(std::move(own_type));
  return code;
}

}  // namespace tollgate::protocol
