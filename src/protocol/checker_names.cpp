// The checker's part for names, members and indexes.
#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"
#include "protocol/checker.hpp"
#include "protocol/suggestions.hpp"

namespace tollgate::protocol {
namespace {

using Kind = Type::Kind;

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

}  // namespace

const Checker::Local* Checker::find_local(std::string_view name, std::size_t& slot) const {
  for (slot = locals_.size(); slot-- > 0;) {
    if (locals_[slot].name == name) return &locals_[slot];
  }
  return nullptr;
}

Checked Checker::name(const Syntax& syntax) const {
  std::size_t slot = 0;
  if (const Local* local = find_local(syntax.text, slot)) {
    Code code = make_code(Code::Op::kLocal, local->type, syntax.offset);
    code.slot = slot;
    code.path = local->path;
    return code;
  }
  const auto* symbol = scope_.find(syntax.text);
  if (symbol == nullptr) return std::unexpected(unknown_name({syntax.text}, syntax.offset));
  Code code = make_code(Code::Op::kReference, symbol->type, syntax.offset);
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
    Code code = make_code(Code::Op::kReference, symbol->type, root.offset);
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
  Code code = make_code(Code::Op::kMember, {}, offset);
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
          values_hint(member, *type.enumeration));
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
  Code code = make_code(is_map ? Code::Op::kMapItem : Code::Op::kListItem, *object.type.element, syntax.offset);
  const bool is_known_key = is_map && key.op == Code::Op::kConstant;
  code.path = object.path + (is_known_key ? "." + *key.constant.if_string() : "[]");
  code.operands.push_back(std::move(object));
  code.operands.push_back(std::move(key));
  return code;
}

}  // namespace tollgate::protocol
