#include <utility>

#include "protocol/expression.hpp"

namespace tollgate::protocol {

void Scope::declare(std::string name, std::string reference, Type type) {
  symbols_.insert_or_assign(std::move(name), Symbol{std::move(reference), std::move(type)});
}

const Scope::Symbol* Scope::find(std::string_view name) const {
  const auto it = symbols_.find(name);
  return it == symbols_.end() ? nullptr : &it->second;
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> names;
  names.reserve(symbols_.size());
  for (const auto& [name, symbol] : symbols_) names.push_back(name);
  return names;
}

const base::Value* MapEnvironment::find(std::string_view reference) const {
  const auto it = values_.find(reference);
  return it == values_.end() ? nullptr : &it->second;
}

}  // namespace tollgate::protocol
