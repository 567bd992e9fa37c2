// Where calls are told to for whoever keeps account of them: who paid, for what, and how much.
#pragma once

#include <optional>
#include <string_view>

#include "base/date.hpp"
#include "base/pico_usd.hpp"
#include "llm/chat.hpp"

namespace tollgate::llm {

enum class CostBasis {
  kReported,   // by the provider's own figures, at the table's prices
  kEstimated,  // the call broke off before they came
  kUnpriced,   // the table has no price: `cost` is nothing and means nothing
  kSaved,      // a reply that was there already: `cost` is nothing, `saved` what it would have been
};

struct UsageRecord {
  base::Date day{};  // UTC, on which the call was admitted
  const CallScope& scope;
  Task task = Task::kAssess;
  std::string_view tier{};  // that was asked for; empty: a model was
  Target target{};
  Usage usage{};  // nothing when saved
  CostBasis basis = CostBasis::kReported;
  base::PicoUsd cost{};
  base::PicoUsd saved{};
  base::PicoUsd charged{};  // to the key's budget: the cost, or what was held back for a call without a price
};

class UsageSink {
 public:
  virtual ~UsageSink() = default;
  virtual void record(const UsageRecord& record) = 0;  // any thread; must not throw or block
};

}  // namespace tollgate::llm
