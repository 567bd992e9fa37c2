#include "sim/content_generator.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "sim/prose.hpp"
#include "sim/seeded_random.hpp"

namespace tollgate::sim {
namespace {

using base::Value;

constexpr std::array<std::string_view, 6> kScores = {"score",        "specificity", "measurability",
                                                     "completeness", "coherence",   "relevance"};
constexpr std::array<std::string_view, 3> kComplaints = {"issues", "follow_ups", "suggestions"};
constexpr std::string_view kConstraintsMark = "Constraints: ";

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

// The schema with the keywords that its description holds.
Value with_described_constraints(const Value& schema) {
  const auto description = schema.string_or("description", "");
  const auto at = description.rfind(kConstraintsMark);
  if (at == std::string_view::npos) return schema;
  const auto constraints = base::parse_json(description.substr(at + kConstraintsMark.size()));
  if (!constraints || !constraints->is_record()) return schema;
  Value::Record merged = *schema.if_record();
  for (const auto& [keyword, value] : *constraints->if_record()) merged[keyword] = value;
  return merged;
}

std::string_view type_of(const Value& schema) {
  const Value& type = schema["type"];
  if (const auto* name = type.if_string()) return *name;
  if (const auto* names = type.if_list()) {
    for (const auto& each : *names) {
      if (each.is_string() && *each.if_string() != "null") return *each.if_string();
    }
    return "null";
  }
  if (schema.find("properties")) return "object";
  return schema.find("items") ? "array" : "string";
}

// What the surroundings of a value say about it.
struct Place {
  std::string_view name{};  // of the member
  bool accepted = true;     // the judgement this value is part of
};

class Generator {
 public:
  explicit Generator(const ContentSettings& settings)
      : random_(settings.seed),
        accept_rate_(settings.accept_rate),
        known_(settings.known),
        answer_seed_(settings.answer_seed) {}

  Value generate(const Value& raw_schema, Place place) {
    if (++spent_ > kBudget) return {};
    const Value schema = with_described_constraints(raw_schema);
    if (const Value* only = schema.find("const")) return *only;
    if (const auto* choices = schema["enum"].if_list(); choices && !choices->empty()) return pick(*choices);
    if (const auto* branches = schema["anyOf"].if_list(); branches && !branches->empty()) {
      return generate(first_of_substance(*branches), place);
    }
    const auto type = type_of(schema);
    if (type == "object") return generate_record(schema, place);
    if (const auto example = find_example(schema)) return vary(*example, schema);
    if (type == "array") return generate_list(schema, place);
    if (type == "integer") return generate_integer(schema, place);
    if (type == "number") return generate_number(schema, place);
    if (type == "boolean") return generate_bool(place);
    if (type == "null") return {};
    return generate_string(schema);
  }

 private:
  const Value& pick(const Value::List& list) { return list[random_.below(list.size())]; }

  static const Value& first_of_substance(const Value::List& branches) {
    const auto found = std::ranges::find_if(branches, [](const Value& branch) { return type_of(branch) != "null"; });
    return found == branches.end() ? branches.front() : *found;
  }

  std::optional<Value> find_example(const Value& schema) {
    if (const Value* own = schema.find("x-tollgate-example")) return *own;
    const auto* examples = schema["examples"].if_list();
    return examples && !examples->empty() ? std::optional(pick(*examples)) : std::nullopt;
  }

  Value vary(const Value& example, const Value& schema) {
    constexpr std::size_t kProseBytes = 60;
    const auto* text = example.if_string();
    if (!text || text->size() < kProseBytes || schema.find("pattern")) return example;
    std::string longer = fmt::format("{} {}", *text, make_sentence(random_));
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(0, schema.int_or("maxLength", 1 << 20)));
    return longer.size() <= most ? Value(std::move(longer)) : example;
  }

  Value generate_record(const Value& schema, Place place) {
    const auto* members = schema["properties"].if_record();
    Value::Record record;
    if (!members) return record;
    if (members->contains("score") || members->contains("specificity")) place.accepted = random_.chance(accept_rate_);
    for (const auto& [name, member] : *members) {
      if (place.name == "answers") random_ = SeededRandom(seed_of(answer_seed_, name));
      const Value* known = find_known(name, member);
      record[name] = known ? adapt(*known, member) : generate(member, {name, place.accepted});
    }
    return record;
  }

  const Value* find_known(const std::string& name, const Value& raw_schema) const {
    const Value schema = with_described_constraints(raw_schema);
    if (known_ == nullptr || is_free_text(schema)) return nullptr;
    const auto it = known_->find(name);
    return it != known_->end() && has_shape(it->second, schema) ? &it->second : nullptr;
  }

  // A judgement of an answer is a member of the same name as the answer, but a record.
  static bool has_shape(const Value& known, const Value& schema) {
    const auto type = type_of(schema);
    return known.is_record() == (type == "object") && known.is_list() == (type == "array");
  }

  static bool is_free_text(const Value& schema) {
    return type_of(schema) == "string" && !schema.find("enum") && !schema.find("format");
  }

  static bool is_nullable(const Value& schema) {
    const auto* branches = schema["anyOf"].if_list();
    return branches && std::ranges::any_of(*branches, [](const Value& branch) { return type_of(branch) == "null"; });
  }

  // The known value in the form of the schema.
  Value adapt(const Value& known, const Value& schema) {
    if (++spent_ > kBudget) return {};
    if (const auto* choices = schema["enum"].if_list(); choices && !choices->empty()) {
      return std::ranges::find(*choices, known) == choices->end() ? pick(*choices) : known;
    }
    if (const auto* branches = schema["anyOf"].if_list(); branches && !branches->empty()) {
      return adapt(known, first_of_substance(*branches));
    }
    const auto type = type_of(schema);
    if (type == "object" && known.is_record()) {
      Value::Record record;
      for (const auto& [name, member] : *schema["properties"].if_record()) {
        const Value* value = known.find(name);
        record[name] = value ? adapt(*value, member) : is_nullable(member) ? Value() : generate(member, {name});
      }
      return record;
    }
    if (type == "array" && known.is_list()) {
      Value::List list;
      for (const auto& item : *known.if_list()) list.push_back(adapt(item, schema["items"]));
      return list;
    }
    return known;
  }

  Value generate_list(const Value& schema, Place place) {
    const bool may_be_empty = schema.int_or("minItems", 0) <= 0;
    const auto least =
        static_cast<std::uint64_t>(std::max<std::int64_t>(may_be_empty ? 1 : 0, schema.int_or("minItems", 0)));
    const auto most = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, schema.int_or("maxItems", static_cast<std::int64_t>(least) + 2)));
    if (may_be_empty && place.accepted && is_one_of(place.name, kComplaints)) return Value::List{};
    const auto room = std::min<std::uint64_t>(2, most > least ? most - least : 0);
    const auto count = std::min(least + random_.below(room + 1), std::max(most, may_be_empty ? 0 : least));
    Value::List list;
    for (std::uint64_t i = 0; i < count && spent_ < kBudget; ++i) {
      list.push_back(generate(schema["items"], {{}, place.accepted}));
    }
    return list;
  }

  // A whole number in [low, high], for scores in the part that the judgement allows.
  std::int64_t generate_whole(double low, double high, Place place) {
    if (is_one_of(place.name, kScores)) {
      const double span = high - low;
      const double from = std::ceil(low + span * (place.accepted ? 0.7 : 0.3));
      const double to = std::floor(place.accepted ? high : low + span * 0.65);
      if (from <= to) {
        low = from;
        high = to;
      }
    }
    const auto first = static_cast<std::int64_t>(std::ceil(low));
    const auto last = std::max(first, static_cast<std::int64_t>(std::floor(high)));
    return first + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(last - first) + 1));
  }

  struct Range {
    double low;
    double high;
  };

  static Range range_of(const Value& schema, Place place) {
    constexpr double kExact = 1e12;  // whole numbers beyond are not exact when scaled
    const auto least = schema["minimum"].if_number();
    const auto most = schema["maximum"].if_number();
    const double usual = is_one_of(place.name, kScores) ? 10 : 100;
    const double low = least ? least->to_double() : (most ? std::min(0.0, most->to_double()) : 0.0);
    const double high = most ? most->to_double() : std::max(usual, low + usual);
    return {std::clamp(low, -kExact, kExact), std::clamp(high, -kExact, kExact)};
  }

  Value generate_integer(const Value& schema, Place place) {
    const auto [low, high] = range_of(schema, place);
    return generate_whole(low, high, place);
  }

  // In steps of 0.1, or of 0.001 where the range is narrow.
  Value generate_number(const Value& schema, Place place) {
    const auto [low, high] = range_of(schema, place);
    const int digits = high - low > 2 ? 1 : 3;
    const double scale = digits == 1 ? 10 : 1000;
    if (std::ceil(low * scale) > std::floor(high * scale)) {  // no room between steps: one of the bounds
      return schema.find("minimum") ? schema["minimum"] : schema["maximum"];
    }
    const auto scaled = generate_whole(low * scale, high * scale, place);
    const auto number = divide(base::Decimal(scaled), base::Decimal(static_cast<std::int64_t>(scale)));
    return number.value_or(base::Decimal(0));
  }

  Value generate_bool(Place place) {
    constexpr std::array<std::string_view, 6> kGood = {"accepted", "passed",   "consistent",
                                                       "specific", "complete", "ok"};
    constexpr std::array<std::string_view, 6> kBad = {"conflict",    "contradiction", "contradicts",
                                                      "conflicting", "vague",         "missing"};
    if (is_one_of(place.name, kGood)) return place.accepted;
    if (is_one_of(place.name, kBad)) return !place.accepted;
    return random_.chance(0.5);
  }

  Value generate_string(const Value& schema) {
    const auto format = schema.string_or("format", "");
    if (format == "date") {
      const auto first = std::chrono::sys_days(std::chrono::year(2027) / 1 / 4);
      return base::Date(first + std::chrono::days(random_.below(700))).to_string();
    }
    if (format == "duration") return fmt::format("{} days", 7 * (1 + random_.below(26)));
    if (format == "money") return fmt::format("EUR {},000", 10 * (1 + random_.below(90)));
    const auto least = static_cast<std::size_t>(std::clamp<std::int64_t>(schema.int_or("minLength", 0), 0, 1 << 20));
    const auto most = static_cast<std::size_t>(
        std::clamp<std::int64_t>(schema.int_or("maxLength", 1 << 20), static_cast<std::int64_t>(least), 1 << 20));
    const auto wanted = std::min(most, least + 80 + random_.below(120));
    auto text = make_prose(random_, std::max(least, most < 80 ? least : wanted), most);
    spent_ += text.size() / 64;
    return text;
  }

  // Lists in lists can ask for more values than there is memory; beyond the budget everything is null.
  static constexpr std::size_t kBudget = 50'000;

  SeededRandom random_;
  const double accept_rate_;
  const Value::Record* known_;
  const std::uint64_t answer_seed_;
  std::size_t spent_ = 0;  // one per value, and one per 64 bytes of text
};

}  // namespace

Value generate_value(const Value& schema, const ContentSettings& settings) {
  Generator generator(settings);
  return generator.generate(schema, {});
}

std::string generate_paragraph(const ContentSettings& settings) {
  SeededRandom random(settings.seed);
  return make_prose(random, 200 + random.below(200), 1000);
}

}  // namespace tollgate::sim
