#include "protocol/guards.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace tollgate::protocol {
namespace {

using Op = Code::Op;
using Keys = std::set<std::string>;

// What is known to be answered when a condition is true, and when it is false.
struct Facts {
  Keys when_true;
  Keys when_false;
};

Keys united(const Keys& a, const Keys& b) {
  Keys out = a;
  out.insert(b.begin(), b.end());
  return out;
}

Keys common(const Keys& a, const Keys& b) {
  Keys out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
  return out;
}

std::string variable_key(std::size_t slot) {
  return fmt::format("${}", slot);
}

// Names the place a value comes from; "" when it is computed.
std::string key_of(const Code& code) {
  switch (code.op) {
    case Op::kReference: return code.name;
    case Op::kLocal: return variable_key(code.slot);
    case Op::kMember: {
      const auto object = key_of(code.operands[0]);
      return object.empty() ? "" : object + "." + code.name;
    }
    case Op::kMapItem: {
      const auto object = key_of(code.operands[0]);
      const Code& key = code.operands[1];
      const auto item = key.op == Op::kConstant ? *key.constant.if_string() : key_of(key);
      return object.empty() || item.empty() ? "" : object + "." + item;
    }
    default: return {};
  }
}

// has(a.b) also tells that a is answered.
void add_with_owners(Keys& keys, const Code& code) {
  const auto key = key_of(code);
  if (key.empty()) return;
  keys.insert(key);
  if (code.op == Op::kMember || code.op == Op::kMapItem) add_with_owners(keys, code.operands[0]);
}

Facts facts_of(const Code& code) {
  Facts facts;
  switch (code.op) {
    case Op::kHas: add_with_owners(facts.when_true, code.operands[0]); break;
    case Op::kNot:
      facts = facts_of(code.operands[0]);
      std::swap(facts.when_true, facts.when_false);
      break;
    case Op::kAnd:
    case Op::kOr: {
      const auto left = facts_of(code.operands[0]);
      const auto right = facts_of(code.operands[1]);
      const bool is_and = code.op == Op::kAnd;
      facts.when_true = is_and ? united(left.when_true, right.when_true) : common(left.when_true, right.when_true);
      facts.when_false = is_and ? common(left.when_false, right.when_false) : united(left.when_false, right.when_false);
      break;
    }
    default: break;
  }
  return facts;
}

// What filter(v, has(v.x)) tells about its elements; the variable of a comprehension over it has the same slot.
Keys element_facts(const Code& range) {
  Keys keys;
  if (range.op != Op::kComprehension || range.macro != Code::Macro::kFilter) return keys;
  const auto variable = variable_key(range.slot);
  for (const auto& key : facts_of(range.operands[1]).when_true) {
    if (key == variable || key.starts_with(variable + ".")) keys.insert(key);
  }
  return keys;
}

class Reader {
 public:
  void read(const Code& code, const Keys& guarded) {
    switch (code.op) {
      case Op::kReference:
        references_.insert(code.name);
        if (!guarded.contains(code.name)) unguarded_.insert(code.name);
        break;
      case Op::kMember:
      case Op::kMapItem: read_member(code, guarded); break;
      case Op::kHas: read_tested(code.operands[0], guarded); break;
      case Op::kAnd:
      case Op::kOr: read_logical(code, guarded); break;
      case Op::kConditional: {
        const auto facts = facts_of(code.operands[0]);
        read(code.operands[0], guarded);
        read(code.operands[1], united(guarded, facts.when_true));
        read(code.operands[2], united(guarded, facts.when_false));
        break;
      }
      case Op::kComprehension: read_comprehension(code, guarded); break;
      default:
        for (const auto& operand : code.operands) read(operand, guarded);
    }
  }

  Reads take() {
    return {{references_.begin(), references_.end()},
            {unguarded_.begin(), unguarded_.end()},
            {unguarded_members_.begin(), unguarded_members_.end()}};
  }

 private:
  static bool may_be_absent(const Code& code) {
    const Type& owner = code.operands[0].type;
    if (owner.kind == Type::Kind::kMap) return true;
    const RecordMember* member = owner.record->find(code.name);
    return member != nullptr && member->optional;
  }

  void read_member(const Code& code, const Keys& guarded) {
    for (const auto& operand : code.operands) read(operand, guarded);
    const bool is_guarded = guarded.contains(key_of(code));
    if (may_be_absent(code) && !is_guarded) unguarded_members_.insert(code.path);
  }

  // Inside has(): the tested name is read, but needs no guard.
  void read_tested(const Code& code, const Keys& guarded) {
    Keys tested = guarded;
    add_with_owners(tested, code);
    read(code, tested);
  }

  void read_logical(const Code& code, const Keys& guarded) {
    const bool is_and = code.op == Op::kAnd;
    const auto left = facts_of(code.operands[0]);
    const auto right = facts_of(code.operands[1]);
    read(code.operands[0], united(guarded, is_and ? right.when_true : right.when_false));
    read(code.operands[1], united(guarded, is_and ? left.when_true : left.when_false));
  }

  void read_comprehension(const Code& code, const Keys& guarded) {
    read(code.operands[0], guarded);
    Keys known = united(guarded, element_facts(code.operands[0]));
    read(code.operands[1], known);
    if (code.operands.size() < 3) return;
    read(code.operands[2], united(known, facts_of(code.operands[1]).when_true));
  }

  Keys references_;
  Keys unguarded_;
  Keys unguarded_members_;
};

}  // namespace

Reads find_reads(const Code& root) {
  Reader reader;
  reader.read(root, {});
  return reader.take();
}

}  // namespace tollgate::protocol
