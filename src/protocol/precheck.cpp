#include "protocol/precheck.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "protocol/text_features.hpp"

namespace tollgate::protocol {
namespace {

// What plain features of a text suggest, before the rubric's own pre-checks cap it.
Dimensions rate(const std::string& text) {
  const auto word_count = count_words(text);
  const auto figure_count = count_numbers(text);
  const bool vague = is_vague(text);
  Dimensions rated;
  rated.specificity = vague ? 4 : figure_count > 0 || word_count >= 25 ? 9 : 8;
  rated.measurability = figure_count >= 3 ? 9 : figure_count >= 1 ? 8 : 6;
  rated.completeness = word_count >= 25 ? 9 : word_count >= 12 ? 8 : word_count >= 8 ? 7 : 3;
  rated.coherence = 8;
  rated.relevance = 8;
  return rated;
}

void cap(int& dimension, int limit) {
  dimension = std::min(dimension, limit);
}

}  // namespace

int weighted_score(const Dimensions& dimensions, const DimensionWeights& weights) {
  const int total =
      weights.specificity + weights.measurability + weights.completeness + weights.coherence + weights.relevance;
  const int sum = dimensions.specificity * weights.specificity + dimensions.measurability * weights.measurability +
                  dimensions.completeness * weights.completeness + dimensions.coherence * weights.coherence +
                  dimensions.relevance * weights.relevance;
  return total == 0 ? 0 : std::clamp(sum / total, 0, 10);
}

namespace {

PrecheckResult judge_prose(const Question& question, const Rubric& rubric, const std::string& prose) {
  MapEnvironment environment;
  environment.set("answer", prose);
  environment.set("question", question.ask);
  PrecheckResult result;
  result.dimensions = rate(prose);
  int limit = 10;
  for (const auto& check : rubric.prechecks) {
    if (!check.when.holds(environment)) continue;
    result.fired.push_back(check.id);
    limit = std::min(limit, check.cap);
  }
  auto& rated = result.dimensions;
  if (limit < 10) {
    for (int* dimension : {&rated.specificity, &rated.measurability, &rated.completeness}) cap(*dimension, limit);
  }
  result.score = std::min(limit, weighted_score(rated, rubric.weights));
  return result;
}

// "row 2", "rows 2, 5".
std::string row_names(const std::vector<std::size_t>& rows) {
  constexpr std::size_t kShown = 10;
  std::string names = rows.size() == 1 ? "row " : "rows ";
  for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i)
    names += (i == 0 ? "" : ", ") + std::to_string(rows[i]);
  if (rows.size() > kShown) names += " and " + std::to_string(rows.size() - kShown) + " more";
  return names;
}

// The weakest row decides, so that no good row covers for it; the issues name all weak rows.
PrecheckResult judge_rows(const Question& question, const Rubric& rubric, const base::Value::List& rows) {
  PrecheckResult result;
  std::map<std::string, std::vector<std::size_t>> fired;  // by pre-check: rows, from 1
  std::vector<std::size_t> plainly_weak;                  // by no pre-check, but still below `accept`
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = judge_prose(question, rubric, prose_of(question, base::Value::List{rows[i]}));
    for (const auto& id : row.fired) fired[id].push_back(i + 1);
    if (row.fired.empty() && !row.accepted(rubric)) plainly_weak.push_back(i + 1);
    if (i == 0 || row.score < result.score) result = std::move(row);
  }
  result.fired.clear();
  for (const auto& check : rubric.prechecks) {
    const auto it = fired.find(check.id);
    if (it == fired.end()) continue;
    result.fired.push_back(check.id);
    result.issues.push_back(row_names(it->second) + ": " + check.say);
    if (!check.ask.empty()) result.follow_ups.push_back(check.ask);
  }
  if (!plainly_weak.empty()) result.issues.push_back(row_names(plainly_weak) + ": Not concrete enough.");
  return result;
}

}  // namespace

std::string prose_of(const Question& question, const base::Value& answer) {
  if (const auto* text = answer.if_string()) return *text;
  const auto* list = answer.if_list();
  if (list == nullptr) return {};
  std::string prose;
  const auto add = [&](const base::Value& value) {
    const auto* text = value.if_string();
    if (text == nullptr || text->empty()) return;
    if (!prose.empty()) prose += prose.ends_with('.') ? " " : ". ";
    prose += *text;
  };
  for (const auto& row : *list) {
    add(row);
    if (!question.type.record) continue;
    for (const auto& field : question.type.record->fields) {
      const bool is_prose = field.type.kind == AnswerKind::kText || field.type.kind == AnswerKind::kLongText;
      if (is_prose) add(row[field.id]);
      if (field.type.kind == AnswerKind::kTextList && row[field.id].is_list()) {
        for (const auto& item : *row[field.id].if_list()) add(item);
      }
    }
  }
  return prose;
}

PrecheckResult precheck(const Question& question, const Rubric& rubric, const base::Value& answer) {
  const auto* rows = question.type.kind == AnswerKind::kTable ? answer.if_list() : nullptr;
  if (rows != nullptr && !rows->empty()) return judge_rows(question, rubric, *rows);
  auto result = judge_prose(question, rubric, prose_of(question, answer));
  for (const auto& check : rubric.prechecks) {
    if (std::find(result.fired.begin(), result.fired.end(), check.id) == result.fired.end()) continue;
    result.issues.push_back(check.say);
    if (!check.ask.empty()) result.follow_ups.push_back(check.ask);
  }
  return result;
}

}  // namespace tollgate::protocol
