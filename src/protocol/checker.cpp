#include "protocol/checker.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"

namespace tollgate::protocol {
namespace {

using Kind = Type::Kind;

constexpr std::size_t kMaxNameBytes = 64;  // longer words are no misspelt names
constexpr std::size_t kMaxListedValues = 12;

Code make(Code::Op op, Type type, std::size_t offset) {
  Code code;
  code.op = op;
  code.type = std::move(type);
  code.offset = offset;
  return code;
}

template <typename Items>
std::vector<std::string> ids_of(const Items& items) {
  std::vector<std::string> ids;
  for (const auto& item : items) ids.push_back(item.id);
  return ids;
}

std::string listed(const std::vector<std::string>& ids) {
  const std::vector<std::string> shown(
      ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), kMaxListedValues)));
  return base::join(shown, ", ") + (ids.size() > shown.size() ? ", …" : "");
}

std::string enum_hint(std::string_view word, const EnumDefinition& definition) {
  const auto ids = ids_of(definition.values);
  const auto near = did_you_mean(word, ids);
  return near.empty() ? "its values are " + listed(ids) : near;
}

// a.b.c as {"a", "b", "c"}; empty when it does not start with a name.
std::vector<std::string> dotted(const Syntax& syntax) {
  if (syntax.kind == Syntax::Kind::kName) return {syntax.text};
  if (syntax.kind != Syntax::Kind::kMember) return {};
  auto chain = dotted(syntax.children[0]);
  if (!chain.empty()) chain.push_back(syntax.text);
  return chain;
}

const Syntax& root_of(const Syntax& syntax) {
  return syntax.kind == Syntax::Kind::kMember ? root_of(syntax.children[0]) : syntax;
}

std::string join_names(const std::vector<std::string>& chain, std::size_t count) {
  return base::join(std::span(chain).first(count), ".");
}

std::string arithmetic_hint(Operator operation, const Type& left, const Type& right) {
  const auto either = [&](Kind kind) { return left.kind == kind || right.kind == kind; };
  if (operation == Operator::kAdd && either(Kind::kString)) return "string(x) or label(x) makes text of a value";
  if (operation == Operator::kRemainder) return "% is the remainder of whole numbers";
  if (either(Kind::kEnum)) return "int(x) gives the number of an ordered enum value";
  if (either(Kind::kMoney) && (left.is_numeric() || right.is_numeric())) return "write the amount as money(\"EUR 5\")";
  if (either(Kind::kDuration) && (left.is_numeric() || right.is_numeric()))
    return "write the length as duration(\"14d\")";
  return {};
}

std::string comparison_hint(const Type& left, const Type& right) {
  const auto either = [&](Kind kind) { return left.kind == kind || right.kind == kind; };
  const bool with_text = either(Kind::kString);
  if (either(Kind::kMoney)) return "write the amount as money(\"EUR 5\")";
  if (either(Kind::kDuration)) return "write the length as duration(\"14d\")";
  if (either(Kind::kDate)) return "write the day as date(\"2027-01-31\")";
  if (either(Kind::kEnum) && with_text) return "string(x) makes text of an enum value";
  if (either(Kind::kEnum) && (left.is_numeric() || right.is_numeric()))
    return "int(x) gives the number of an ordered enum value";
  if (with_text && (left.is_numeric() || right.is_numeric())) return "numbers are written without quotes";
  return {};
}

bool is_comparison(const Syntax& syntax) {
  return syntax.kind == Syntax::Kind::kBinary && syntax.operation >= Operator::kEqual &&
         syntax.operation <= Operator::kGreaterOrEqual;
}

}  // namespace

std::unexpected<ExpressionError> type_error(std::size_t offset, std::string message, std::string hint) {
  return std::unexpected(ExpressionError{offset, std::move(message), std::move(hint)});
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > kMaxNameBytes) return {};
  const auto near = base::nearest(word, candidates);
  return near ? fmt::format("did you mean '{}'?", *near) : std::string();
}

bool needs_context(const Syntax& syntax) {
  switch (syntax.kind) {
    case Syntax::Kind::kLiteral: return syntax.is_string();
    case Syntax::Kind::kList:
    case Syntax::Kind::kRecord: return true;
    case Syntax::Kind::kConditional: return needs_context(syntax.children[1]) && needs_context(syntax.children[2]);
    default: return false;
  }
}

Checked Checker::check(const Syntax& root, const std::optional<Type>& expected) {
  TRY(auto code, infer(root, expected));
  if (!expected) return code;
  if (!is_assignable(code.type, *expected)) {
    const bool text_from_enum = code.type.kind == Kind::kEnum && expected->kind == Kind::kString;
    return type_error(root.offset,
                      fmt::format("this gives {}, but {} is needed", code.type.to_string(), expected->to_string()),
                      text_from_enum ? "label(x) or string(x) makes text of an enum value" : "");
  }
  code.type = *expected;
  return code;
}

Checked Checker::infer(const Syntax& syntax, const Hint& hint) {
  switch (syntax.kind) {
    case Syntax::Kind::kLiteral: return literal(syntax, hint);
    case Syntax::Kind::kName: return name(syntax);
    case Syntax::Kind::kMember: return member(syntax);
    case Syntax::Kind::kIndex: return index(syntax);
    case Syntax::Kind::kCall: return call(syntax, hint);
    case Syntax::Kind::kMethod: return method(syntax, hint);
    case Syntax::Kind::kNot:
    case Syntax::Kind::kNegate: return negation(syntax);
    case Syntax::Kind::kBinary: return binary(syntax, hint);
    case Syntax::Kind::kConditional: return conditional(syntax, hint);
    case Syntax::Kind::kList: return list(syntax, hint);
    case Syntax::Kind::kRecord: return record(syntax, hint);
  }
  return type_error(syntax.offset, "this cannot be understood");
}

Checked Checker::literal(const Syntax& syntax, const Hint& hint) const {
  if (syntax.is_string() && hint && hint->kind == Kind::kEnum) return enum_literal(syntax, hint);
  constexpr Kind kKinds[] = {Kind::kBool, Kind::kInt, Kind::kDecimal, Kind::kString};
  Code code = make(Code::Op::kConstant, Type::of(kKinds[static_cast<std::size_t>(syntax.literal_kind)]), syntax.offset);
  code.constant = syntax.literal;
  return code;
}

Checked Checker::enum_literal(const Syntax& syntax, const Hint& hint) const {
  const std::string& word = *syntax.literal.if_string();
  if (hint->enumeration->find(word) == nullptr) {
    return type_error(
        syntax.offset,
        fmt::format("'{}' is not a value of {}", base::shortened(word, kMaxNameBytes), hint->enumeration->id),
        enum_hint(word, *hint->enumeration));
  }
  Code code = make(Code::Op::kConstant, *hint, syntax.offset);
  code.constant = word;
  return code;
}

const Checker::Local* Checker::find_local(std::string_view name, std::size_t& slot) const {
  for (slot = locals_.size(); slot-- > 0;) {
    if (locals_[slot].name == name) return &locals_[slot];
  }
  return nullptr;
}

Checked Checker::name(const Syntax& syntax) const {
  std::size_t slot = 0;
  if (const Local* local = find_local(syntax.text, slot)) {
    Code code = make(Code::Op::kLocal, local->type, syntax.offset);
    code.slot = slot;
    code.path = local->path;
    return code;
  }
  const auto* symbol = scope_.find(syntax.text);
  if (symbol == nullptr) return std::unexpected(unknown_name({syntax.text}, syntax.offset));
  Code code = make(Code::Op::kReference, symbol->type, syntax.offset);
  code.name = symbol->reference;
  code.path = symbol->reference;
  return code;
}

// A dotted name is resolved as in CEL: the longest declared prefix wins, the rest are members.
Checked Checker::member(const Syntax& syntax) {
  const auto chain = dotted(syntax);
  std::size_t slot = 0;
  if (chain.empty() || find_local(chain.front(), slot) != nullptr) {
    TRY(auto object, infer(syntax.children[0], std::nullopt));
    return member_of(std::move(object), syntax.text, syntax.offset);
  }
  const Syntax& root = root_of(syntax);
  if (const auto* symbol = scope_.find(join_names(chain, chain.size()))) {
    Code code = make(Code::Op::kReference, symbol->type, root.offset);
    code.name = symbol->reference;
    code.path = symbol->reference;
    return code;
  }
  for (std::size_t count = chain.size() - 1; count > 0; --count) {
    if (scope_.find(join_names(chain, count)) == nullptr) continue;
    TRY(auto object, infer(syntax.children[0], std::nullopt));
    return member_of(std::move(object), syntax.text, syntax.offset);
  }
  return std::unexpected(unknown_name(chain, root.offset));
}

ExpressionError Checker::unknown_name(const std::vector<std::string>& chain, std::size_t offset) const {
  auto candidates = scope_.names();
  for (const auto& local : locals_) candidates.push_back(local.name);
  // "S1.featurs.name" should find "S1.features": question names have two parts, others one.
  const std::size_t count = std::min<std::size_t>(chain.size(), 2);
  const auto written = join_names(chain, count);
  const auto unknown = [&](const std::string& name, std::string hint) {
    return ExpressionError{offset, fmt::format("unknown name '{}'", base::shortened(name, kMaxNameBytes)),
                           std::move(hint)};
  };
  if (auto hint = did_you_mean(written, candidates); !hint.empty()) return unknown(written, std::move(hint));
  const bool knows_stage = std::any_of(candidates.begin(), candidates.end(),
                                       [&](const std::string& name) { return name.starts_with(chain.front() + "."); });
  return unknown(knows_stage ? written : chain.front(), knows_stage ? "" : did_you_mean(chain.front(), candidates));
}

Checked Checker::member_of(Code object, const std::string& member, std::size_t offset) const {
  Code code = make(Code::Op::kMember, {}, offset);
  code.name = member;
  code.path = object.path.empty() ? member : object.path + "." + member;
  const Type& type = object.type;
  if (type.kind == Kind::kRecord) {
    const RecordMember* found = type.record->find(member);
    if (found == nullptr) {
      const auto ids = ids_of(type.record->members);
      const auto near = did_you_mean(member, ids);
      return type_error(offset,
                        fmt::format("{} has no member '{}'", type.to_string(), base::shortened(member, kMaxNameBytes)),
                        near.empty() ? "its members are " + listed(ids) : near);
    }
    code.type = found->type;
  } else if (type.kind == Kind::kMap) {
    if (type.enumeration->find(member) == nullptr) {
      return type_error(
          offset,
          fmt::format("'{}' is not a value of {}", base::shortened(member, kMaxNameBytes), type.enumeration->id),
          enum_hint(member, *type.enumeration));
    }
    code.type = *type.element;
  } else {
    const bool is_list = type.kind == Kind::kList;
    return type_error(offset,
                      fmt::format("{} has no member '{}'", type.to_string(), base::shortened(member, kMaxNameBytes)),
                      is_list ? "look at each row: list.all(row, row.x …) or list.map(row, row.x)" : "");
  }
  code.operands.push_back(std::move(object));
  return code;
}

Checked Checker::index(const Syntax& syntax) {
  TRY(auto object, infer(syntax.children[0], std::nullopt));
  const bool is_map = object.type.kind == Kind::kMap;
  if (!is_map && object.type.kind != Kind::kList) {
    return type_error(syntax.offset, fmt::format("{} cannot be indexed", object.type.to_string()),
                      object.type.kind == Kind::kRecord ? "write record.member" : "");
  }
  if (object.type.element == nullptr) return type_error(syntax.offset, "the list is always empty");
  const Type wanted = is_map ? Type::enum_of(object.type.enumeration) : Type::of(Kind::kInt);
  TRY(auto key, infer(syntax.children[1], wanted));
  if (!same_type(key.type, wanted)) {
    return type_error(key.offset,
                      fmt::format("the index is {}, but {} is needed", key.type.to_string(), wanted.to_string()));
  }
  Code code = make(is_map ? Code::Op::kMapItem : Code::Op::kListItem, *object.type.element, syntax.offset);
  const bool is_known_key = is_map && key.op == Code::Op::kConstant;
  code.path = object.path + (is_known_key ? "." + *key.constant.if_string() : "[]");
  code.operands.push_back(std::move(object));
  code.operands.push_back(std::move(key));
  return code;
}

Checked Checker::negation(const Syntax& syntax) {
  if (syntax.kind == Syntax::Kind::kNot) {
    TRY(auto operand, condition(syntax.children[0], "'!'"));
    Code code = make(Code::Op::kNot, operand.type, syntax.offset);
    code.operands.push_back(std::move(operand));
    return code;
  }
  TRY(auto operand, infer(syntax.children[0], std::nullopt));
  const auto kind = operand.type.kind;
  if (!operand.type.is_numeric() && kind != Kind::kMoney && kind != Kind::kDuration) {
    return type_error(syntax.offset, fmt::format("'-' needs a number, not {}", operand.type.to_string()));
  }
  Code code = make(Code::Op::kNegate, operand.type, syntax.offset);
  code.operands.push_back(std::move(operand));
  return code;
}

Checked Checker::condition(const Syntax& syntax, std::string_view what) {
  TRY(auto code, infer(syntax, Type::of(Kind::kBool)));
  if (code.type.kind != Kind::kBool) {
    return type_error(syntax.offset, fmt::format("{} needs true or false, not {}", what, code.type.to_string()),
                      "compare it, or test has(x)");
  }
  return code;
}

Checked Checker::binary(const Syntax& syntax, const Hint& hint) {
  switch (syntax.operation) {
    case Operator::kOr:
    case Operator::kAnd: return logical(syntax);
    case Operator::kIn: return membership(syntax);
    case Operator::kAdd:
    case Operator::kSubtract:
    case Operator::kMultiply:
    case Operator::kDivide:
    case Operator::kRemainder: return arithmetic(syntax, hint);
    case Operator::kEqual:
    case Operator::kNotEqual:
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual: break;
  }
  return comparison(syntax);
}

Checked Checker::logical(const Syntax& syntax) {
  const auto what = fmt::format("'{}'", symbol(syntax.operation));
  TRY(auto left, condition(syntax.children[0], what));
  TRY(auto right, condition(syntax.children[1], what));
  const auto op = syntax.operation == Operator::kAnd ? Code::Op::kAnd : Code::Op::kOr;
  Code code = make(op, Type::of(Kind::kBool), syntax.offset);
  code.operands.push_back(std::move(left));
  code.operands.push_back(std::move(right));
  return code;
}

// Infers both; the one whose type does not depend on its place comes first and hints the other.
std::expected<std::vector<Code>, ExpressionError> Checker::pair(const Syntax& left, const Syntax& right,
                                                                const Hint& hint) {
  const bool right_first = needs_context(left) && !needs_context(right);
  TRY(auto first, infer(right_first ? right : left, hint));
  // An empty list tells nothing.
  const bool tells = first.type.kind != Kind::kList || first.type.element != nullptr;
  TRY(auto second, infer(right_first ? left : right, tells ? Hint(first.type) : hint));
  std::vector<Code> codes;
  codes.push_back(std::move(right_first ? second : first));
  codes.push_back(std::move(right_first ? first : second));
  return codes;
}

Checked Checker::arithmetic(const Syntax& syntax, const Hint& hint) {
  // Only lists take their elements' type from the context: in text + text nothing is an enum.
  const Hint lists = hint && hint->kind == Kind::kList ? hint : std::nullopt;
  TRY(auto left, infer(syntax.children[0], lists));
  const Hint second = lists || left.type.kind != Kind::kList || left.type.element == nullptr ? lists : Hint(left.type);
  TRY(auto right, infer(syntax.children[1], second));
  const auto type = arithmetic_type(syntax.operation, left.type, right.type);
  if (!type) {
    return type_error(syntax.offset,
                      fmt::format("'{}' does not combine {} and {}", symbol(syntax.operation), left.type.to_string(),
                                  right.type.to_string()),
                      arithmetic_hint(syntax.operation, left.type, right.type));
  }
  Code code = make(Code::Op::kArithmetic, *type, syntax.offset);
  code.operation = syntax.operation;
  code.operands.push_back(std::move(left));
  code.operands.push_back(std::move(right));
  return code;
}

Checked Checker::comparison(const Syntax& syntax) {
  TRY(auto sides, pair(syntax.children[0], syntax.children[1], std::nullopt));
  const Type& left = sides[0].type;
  const Type& right = sides[1].type;
  const auto type = unified(left, right);
  if (!type) {
    if (is_comparison(syntax.children[0])) {
      return type_error(syntax.offset, "comparisons do not chain", "write a < b && b < c");
    }
    return type_error(syntax.offset, fmt::format("{} cannot be compared with {}", left.to_string(), right.to_string()),
                      comparison_hint(left, right));
  }
  const bool only_equality = syntax.operation == Operator::kEqual || syntax.operation == Operator::kNotEqual;
  if (!only_equality && !has_order(*type)) {
    return type_error(syntax.offset, fmt::format("values of type {} have no order", type->to_string()),
                      type->kind == Kind::kEnum ? "number the enum's values: {LOW: 1, HIGH: 2}" : "");
  }
  Code code = make(Code::Op::kCompare, Type::of(Kind::kBool), syntax.offset);
  code.operation = syntax.operation;
  code.compared = *type;
  code.operands = std::move(sides);
  return code;
}

Checked Checker::membership(const Syntax& syntax) {
  const Syntax& item_syntax = syntax.children[0];
  const Syntax& container_syntax = syntax.children[1];
  Code item;
  Code container;
  if (needs_context(container_syntax) && !needs_context(item_syntax)) {
    TRY(item, infer(item_syntax, std::nullopt));
    TRY(container, infer(container_syntax, Type::list_of(item.type)));
  } else {
    TRY(container, infer(container_syntax, std::nullopt));
    Hint hint;
    if (container.type.kind == Kind::kMap) hint = Type::enum_of(container.type.enumeration);
    if (container.type.kind == Kind::kList && container.type.element != nullptr) hint = *container.type.element;
    TRY(item, infer(item_syntax, hint));
  }
  const bool is_map = container.type.kind == Kind::kMap;
  if (!is_map && container.type.kind != Kind::kList) {
    return type_error(syntax.offset,
                      fmt::format("'in' needs a list or a map on its right, not {}", container.type.to_string()),
                      container.type.kind == Kind::kString ? "text.contains(\"part\") looks into a text" : "");
  }
  const bool fits = is_map
                        ? same_type(item.type, Type::enum_of(container.type.enumeration))
                        : container.type.element == nullptr || unified(item.type, *container.type.element).has_value();
  if (!fits) {
    return type_error(syntax.offset,
                      fmt::format("{} cannot be in {}", item.type.to_string(), container.type.to_string()));
  }
  Code code = make(Code::Op::kIn, Type::of(Kind::kBool), syntax.offset);
  code.operands.push_back(std::move(item));
  code.operands.push_back(std::move(container));
  return code;
}

Checked Checker::conditional(const Syntax& syntax, const Hint& hint) {
  TRY(auto when, condition(syntax.children[0], "'?'"));
  TRY(auto branches, pair(syntax.children[1], syntax.children[2], hint));
  const auto type = unified(branches[0].type, branches[1].type);
  if (!type) {
    return type_error(syntax.offset, fmt::format("the branches of '?' give {} and {}", branches[0].type.to_string(),
                                                 branches[1].type.to_string()));
  }
  Code code = make(Code::Op::kConditional, *type, syntax.offset);
  code.operands.push_back(std::move(when));
  for (auto& branch : branches) code.operands.push_back(std::move(branch));
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
  Code code = make(Code::Op::kList, {}, syntax.offset);
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
  Code code = make(Code::Op::kRecord, {}, syntax.offset);
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
