#include "tests/protocol/sample_scope.hpp"

#include <utility>

namespace tollgate::protocol {
namespace {

using base::Date;
using base::Duration;
using base::Money;
using base::Value;
using Kind = Type::Kind;

void declare(Scope& scope, const std::string& stage, const std::string& question, Type type) {
  scope.declare(stage + "." + question, stage + "." + question, type);
  scope.declare(question, stage + "." + question, std::move(type));
}

Value feature(const char* name, bool in_production) {
  return Value::Record{{"name", name}, {"source", "ledger"}, {"in_production", in_production}};
}

}  // namespace

std::shared_ptr<const EnumDefinition> level_enum() {
  static const auto kLevels = std::make_shared<const EnumDefinition>(EnumDefinition{
      "level",
      {{"LOW", "Low", "", 1}, {"MEDIUM", "Medium", "", 2}, {"HIGH", "High", "", 3}, {"CRITICAL", "Critical", "", 4}}});
  return kLevels;
}

std::shared_ptr<const EnumDefinition> archetype_enum() {
  static const auto kArchetypes = std::make_shared<const EnumDefinition>(EnumDefinition{
      "archetype", {{"classification", "Classification"}, {"regression", "Regression"}, {"clustering", "Clustering"}}});
  return kArchetypes;
}

std::shared_ptr<const EnumDefinition> principle_enum() {
  static const auto kPrinciples = std::make_shared<const EnumDefinition>(
      EnumDefinition{"principle", {{"fairness", "Fairness"}, {"privacy", "Privacy"}, {"safety", "Safety"}}});
  return kPrinciples;
}

std::shared_ptr<const RecordType> feature_record() {
  static const auto kFeature =
      std::make_shared<const RecordType>(RecordType{"feature",
                                                    {{"name", Type::of(Kind::kString)},
                                                     {"source", Type::of(Kind::kString)},
                                                     {"in_production", Type::of(Kind::kBool)},
                                                     {"latency", Type::of(Kind::kDuration), true},
                                                     {"level", Type::enum_of(level_enum()), true}}});
  return kFeature;
}

std::shared_ptr<const RecordType> file_record() {
  static const auto kFile = std::make_shared<const RecordType>(RecordType{
      "file",
      {{"name", Type::of(Kind::kString)}, {"sha256", Type::of(Kind::kString)}, {"bytes", Type::of(Kind::kInt)}}});
  return kFile;
}

Scope sample_scope() {
  Scope scope;
  const auto levels = Type::enum_of(level_enum());
  declare(scope, "S1", "problem", Type::of(Kind::kString));
  declare(scope, "S1", "count_of_users", Type::of(Kind::kInt));
  declare(scope, "S1", "share", Type::of(Kind::kDecimal));
  declare(scope, "S1", "price", Type::of(Kind::kMoney));
  declare(scope, "S1", "window", Type::of(Kind::kDuration));
  declare(scope, "S1", "start", Type::of(Kind::kDate));
  declare(scope, "S1", "approved", Type::of(Kind::kBool));
  declare(scope, "S1", "archetype", Type::enum_of(archetype_enum()));
  declare(scope, "S1", "severity", levels);
  declare(scope, "S1", "severities", Type::list_of(levels));
  declare(scope, "S1", "tags", Type::list_of(Type::of(Kind::kString)));
  declare(scope, "S1", "scores", Type::list_of(Type::of(Kind::kInt)));
  declare(scope, "S1", "rates", Type::list_of(Type::of(Kind::kDecimal)));
  declare(scope, "S1", "costs", Type::list_of(Type::of(Kind::kMoney)));
  declare(scope, "S1", "features", Type::list_of(Type::record_of(feature_record())));
  declare(scope, "S1", "proof", Type::record_of(file_record()));
  declare(scope, "S1", "residual", Type::map_of(principle_enum(), levels));
  declare(scope, "S2", "latency", Type::of(Kind::kDuration));
  declare(scope, "S2", "budget", Type::of(Kind::kMoney));
  declare(scope, "S2", "ready", Type::of(Kind::kBool));
  declare(scope, "S2", "users", Type::of(Kind::kInt));
  declare(scope, "S2", "rows", Type::list_of(Type::record_of(feature_record())));
  scope.declare("option.formula", "option.formula", Type::of(Kind::kString));
  scope.declare("session.started", "session.started", Type::of(Kind::kDate));
  return scope;
}

MapEnvironment sample_environment() {
  Value::Record with_latency = *feature("age", true).if_record();
  with_latency.emplace("latency", *Duration::parse("2 h"));
  with_latency.emplace("level", "HIGH");
  Value::Record with_null = *feature("postcode", false).if_record();
  with_null.emplace("latency", nullptr);
  return MapEnvironment({
      {"S1.problem", "Churn costs EUR 21 M a year"},
      {"S1.count_of_users", 12},
      {"S1.share", *base::Decimal::parse("0.45")},
      {"S1.price", *Money::parse("EUR 180,000")},
      {"S1.window", *Duration::parse("14 days")},
      {"S1.start", *Date::parse("2027-01-31")},
      {"S1.approved", true},
      {"S1.archetype", "regression"},
      {"S1.severity", "HIGH"},
      {"S1.severities", Value::List{"LOW", "HIGH", "HIGH"}},
      {"S1.tags", Value::List{"a", "b", "a"}},
      {"S1.scores", Value::List{3, 1, 2}},
      {"S1.rates", Value::List{*base::Decimal::parse("0.1"), *base::Decimal::parse("0.2")}},
      {"S1.costs", Value::List{*Money::parse("EUR 5"), *Money::parse("EUR 7.50")}},
      {"S1.features", Value::List{with_latency, with_null}},
      {"S1.proof", Value::Record{{"name", "plan.pdf"}, {"sha256", "00"}, {"bytes", 12}}},
      {"S1.residual", Value::Record{{"fairness", "HIGH"}, {"privacy", "LOW"}}},
      {"option.formula", "sum"},
      {"session.started", *Date::parse("2026-11-23")},
  });
}

}  // namespace tollgate::protocol
