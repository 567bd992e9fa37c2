#include "protocol/type.hpp"

#include <algorithm>
#include <utility>

namespace tollgate::protocol {
namespace {

template <typename T>
const T* find_by_id(const std::vector<T>& items, std::string_view id) {
  const auto it = std::find_if(items.begin(), items.end(), [&](const T& item) { return item.id == id; });
  return it == items.end() ? nullptr : &*it;
}

bool same_enum(const EnumDefinition* a, const EnumDefinition* b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr && a->id == b->id &&
         std::equal(a->values.begin(), a->values.end(), b->values.begin(), b->values.end(),
                    [](const EnumValue& x, const EnumValue& y) { return x.id == y.id && x.weight == y.weight; });
}

bool same_record(const RecordType* a, const RecordType* b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr && a->id == b->id &&
         std::equal(a->members.begin(), a->members.end(), b->members.begin(), b->members.end(),
                    [](const RecordMember& x, const RecordMember& y) {
                      return x.id == y.id && x.optional == y.optional && same_type(x.type, y.type);
                    });
}

std::string named(std::string_view kind, std::string_view id) {
  return id.empty() ? std::string(kind) : std::string(kind) + ' ' + std::string(id);
}

}  // namespace

const EnumValue* EnumDefinition::find(std::string_view value_id) const {
  return find_by_id(values, value_id);
}

const RecordMember* RecordType::find(std::string_view member_id) const {
  return find_by_id(members, member_id);
}

Type Type::enum_of(std::shared_ptr<const EnumDefinition> definition) {
  Type type;
  type.kind = Kind::kEnum;
  type.enumeration = std::move(definition);
  return type;
}

Type Type::list_of(Type element) {
  Type type;
  type.kind = Kind::kList;
  type.element = std::make_shared<const Type>(std::move(element));
  return type;
}

Type Type::record_of(std::shared_ptr<const RecordType> record) {
  Type type;
  type.kind = Kind::kRecord;
  type.record = std::move(record);
  return type;
}

Type Type::map_of(std::shared_ptr<const EnumDefinition> keys, Type element) {
  Type type;
  type.kind = Kind::kMap;
  type.enumeration = std::move(keys);
  type.element = std::make_shared<const Type>(std::move(element));
  return type;
}

std::string Type::to_string() const {
  switch (kind) {
    case Kind::kBool: return "bool";
    case Kind::kInt: return "int";
    case Kind::kDecimal: return "decimal";
    case Kind::kString: return "string";
    case Kind::kDuration: return "duration";
    case Kind::kDate: return "date";
    case Kind::kMoney: return "money";
    case Kind::kEnum: return named("enum", enumeration ? enumeration->id : "");
    case Kind::kList: return element ? "list<" + element->to_string() + ">" : "empty list";
    case Kind::kRecord: return named("record", record ? record->id : "");
    case Kind::kMap:
      return "map<" + (enumeration ? enumeration->id : "") + ", " + (element ? element->to_string() : "") + ">";
  }
  return "unknown";
}

bool same_type(const Type& a, const Type& b) {
  if (a.kind != b.kind) return false;
  if (!same_enum(a.enumeration.get(), b.enumeration.get())) return false;
  if (!same_record(a.record.get(), b.record.get())) return false;
  if (a.element == b.element) return true;
  return a.element != nullptr && b.element != nullptr && same_type(*a.element, *b.element);
}

}  // namespace tollgate::protocol
