#include "sim/prose.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace tollgate::sim {
namespace {

constexpr std::array<std::string_view, 12> kActors = {"The operations team",  "The support desk",
                                                      "Each regional office", "The data platform group",
                                                      "The product owner",    "The compliance officer",
                                                      "A pilot group",        "The finance department",
                                                      "The clinical advisor", "The vendor",
                                                      "The service manager",  "The steering committee"};
constexpr std::array<std::string_view, 12> kActions = {"reviews",   "handles",   "processes", "classifies",
                                                       "approves",  "documents", "audits",    "triages",
                                                       "forecasts", "validates", "monitors",  "reconciles"};
constexpr std::array<std::string_view, 12> kObjects = {
    "incoming requests",   "invoices",        "support tickets", "maintenance reports",
    "customer complaints", "sensor readings", "purchase orders", "delivery schedules",
    "case files",          "change requests", "access logs",     "quality findings"};
constexpr std::array<std::string_view, 8> kPeriods = {"per day",     "per week", "per month",   "each quarter",
                                                      "every shift", "per site", "in each run", "per year"};
constexpr std::array<std::string_view, 8> kGoals = {
    "the error rate",      "the average handling time",  "the backlog",         "the cost per case",
    "the share of rework", "the time to first response", "the escalation rate", "the manual effort"};
constexpr std::array<std::string_view, 6> kMeans = {"a weekly dashboard",          "a monthly sample of 200 cases",
                                                    "a signed acceptance report",  "an independent review",
                                                    "the existing ticket history", "a side-by-side comparison"};

template <std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& words, SeededRandom& random) {
  return words[random.below(N)];
}

std::uint64_t between(SeededRandom& random, std::uint64_t low, std::uint64_t high) {
  return low + random.below(high - low + 1);
}

}  // namespace

std::string make_sentence(SeededRandom& random) {
  switch (random.below(5)) {
    case 0:
      return fmt::format("{} {} about {} {} {}.", pick(kActors, random), pick(kActions, random),
                         between(random, 2, 90) * 10, pick(kObjects, random), pick(kPeriods, random));
    case 1:
      return fmt::format("Over {} months {} falls from {} to {} percent, measured by {}.", between(random, 3, 18),
                         pick(kGoals, random), between(random, 20, 40), between(random, 4, 15), pick(kMeans, random));
    case 2:
      return fmt::format("{} keeps {} under {} hours and reports it through {}.", pick(kActors, random),
                         pick(kGoals, random), between(random, 2, 48), pick(kMeans, random));
    case 3:
      return fmt::format("The budget covers {} people for {} weeks and EUR {},000 of licences.", between(random, 2, 9),
                         between(random, 4, 40), between(random, 5, 95));
    default:
      return fmt::format("If {} stays above {} percent, {} stops the rollout and reviews {}.", pick(kGoals, random),
                         between(random, 5, 30), "the steering committee", pick(kObjects, random));
  }
}

std::string make_prose(SeededRandom& random, std::size_t min_bytes, std::size_t max_bytes) {
  std::string text = make_sentence(random);
  while (text.size() < min_bytes) text += " " + make_sentence(random);
  if (text.size() <= max_bytes) return text;
  auto end = text.rfind(' ', max_bytes);
  if (end == std::string::npos || end < min_bytes) end = max_bytes;  // no word ends in the room there is
  text.resize(end);
  return text;
}

}  // namespace tollgate::sim
