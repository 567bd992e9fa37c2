#include "llm/price_reader.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "llm/price_files.hpp"
#include "protocol/include.hpp"
#include "protocol/node_reader.hpp"

namespace tollgate::llm {
namespace {

using base::Decimal;
using base::PicoUsd;
using protocol::NodeReader;
using protocol::Presence;
using protocol::SourceNode;

constexpr std::int64_t kMaxTokens = 1'000'000'000;
constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kDearest = 100'000;  // dollars a million tokens
const Decimal kCheapest = *Decimal::parse("0.001");
constexpr std::int64_t kMaxPercent = 10'000;

class TableReader {
 public:
  explicit TableReader(NodeReader& reader) : reader_(reader) {}

  PriceTable read(const SourceNode& root) {
    if (!reader_.mapping(root, "a price table", {"prices", "providers", "models"})) return {};
    if (reader_.member(root, "prices", Presence::kRequired) != nullptr) reader_.integer(root, "prices", 1, 1);
    if (const auto* providers = reader_.sequence(root, "providers")) {
      for (const auto& provider : providers->items) read_provider(provider);
    }
    if (const auto* models = reader_.sequence(root, "models")) {
      for (const auto& model : models->items) read_model(model);
    }
    return std::move(table_);
  }

 private:
  void read_provider(const SourceNode& node) {
    if (!reader_.mapping(node, "a provider", {"name", "id_prefixes", "id_suffixes", "service_tiers", "web_search"}))
      return;
    ProviderPricing pricing{.id_prefixes = reader_.texts(node, "id_prefixes"),
                            .id_suffixes = reader_.texts(node, "id_suffixes")};
    for (const char* key : {"id_prefixes", "id_suffixes"}) {
      for (const auto* text : reader_.scalars(node, key)) {
        if (text->scalar.empty()) reader_.error(*text, fmt::format("an element of '{}' is empty", key));
      }
    }
    read_service_tiers(node, pricing);
    if (const auto* fee = reader_.member(node, "web_search")) {
      const auto dollars = reader_.decimal(node, "web_search");
      const auto thousand = dollars && !dollars->is_negative() ? PicoUsd::of(*dollars) : std::nullopt;
      const bool is_whole = thousand && thousand->pico() % 1000 == 0;
      if (dollars && !is_whole) reader_.error(*fee, "'web_search' must be dollars for 1,000 searches, such as \"10\"");
      if (is_whole) pricing.web_search = PicoUsd(thousand->pico() / 1000);
    }
    table_.set(reader_.text(node, "name", Presence::kRequired), std::move(pricing));
  }

  void read_service_tiers(const SourceNode& node, ProviderPricing& pricing) {
    const auto* tiers = reader_.member(node, "service_tiers");
    if (tiers == nullptr || !reader_.mapping(*tiers, "service_tiers", {"batch", "flex", "priority"})) return;
    for (const auto& [key, value] : tiers->members) {
      const auto tier = parse_service_tier(key.scalar);
      const auto factor = reader_.decimal(*tiers, key.scalar);
      if (!tier || !factor) continue;  // reported
      const auto hundredfold = base::multiply(*factor, Decimal(100));
      const auto percent = hundredfold ? hundredfold->to_int64() : std::nullopt;
      if (percent && *percent > 0 && *percent <= kMaxPercent) {
        pricing.service_tiers.emplace(*tier, ServiceFactor{*percent});
      } else {
        reader_.error(value, "a service tier's factor is above 0, at most 100, and has at most two decimals");
      }
    }
  }

  void read_model(const SourceNode& node) {
    if (!reader_.mapping(node, "a model",
                         {"provider", "id", "unless_id_ends", "prices", "free", "source", "verified_on"})) {
      return;
    }
    auto model = std::make_shared<ModelPrices>();
    model->unless_id_ends = reader_.texts(node, "unless_id_ends");
    model->source = reader_.text(node, "source", Presence::kRequired);
    reader_.member(node, "verified_on", Presence::kRequired);
    model->verified_on = date(node, "verified_on").value_or(base::Date());
    read_prices(node, *model);
    add_model(node, std::move(model));
  }

  void add_model(const SourceNode& node, std::shared_ptr<const ModelPrices> model) {
    reader_.member(node, "provider", Presence::kRequired);
    reader_.member(node, "id", Presence::kRequired);
    const auto providers = reader_.texts(node, "provider");
    for (const auto* id : reader_.scalars(node, "id")) {
      if (!model->unless_id_ends.empty() && id->scalar != "*")
        reader_.error(*id, "'unless_id_ends' belongs to the id \"*\"", "remove it, or give the exception an entry");
      for (const auto& provider : providers) {
        if (!table_.add(provider, id->scalar, model))
          reader_.error(*id, fmt::format("the model '{}' of {} is in the file twice", id->scalar, provider));
      }
    }
  }

  void read_prices(const SourceNode& node, ModelPrices& model) {
    const bool is_free = reader_.boolean(node, "free").value_or(false);
    const auto* prices = reader_.sequence(node, "prices", is_free ? Presence::kOptional : Presence::kRequired);
    if (prices == nullptr) return;
    if (is_free) {
      reader_.error(*prices, "a model that is free has no prices", "remove one of 'free' and 'prices'");
      return;
    }
    if (prices->items.empty()) reader_.error(*prices, "'prices' is empty");
    for (const auto& item : prices->items) {
      auto period = read_period(item);
      if (!model.periods.empty() && period.from <= model.periods.back().from)
        reader_.error(item, "the days that prices begin on must rise",
                      "put the oldest entry first, with or without from:");
      model.periods.push_back(std::move(period));
    }
  }

  PricePeriod read_period(const SourceNode& node) {
    PricePeriod period;
    if (!reader_.mapping(node, "an entry of prices",
                         {"from", "input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "long_prompts"}))
      return period;
    if (const auto from = date(node, "from")) period.from = *from;
    period.prices = read_token_prices(node);
    const auto* tiers = reader_.sequence(node, "long_prompts");
    for (const auto& item : tiers == nullptr ? std::vector<SourceNode>{} : tiers->items) {
      if (!reader_.mapping(
              item, "an entry of long_prompts",
              {"above_prompt_tokens", "input", "output", "cache_read", "cache_write_5m", "cache_write_1h"})) {
        continue;
      }
      reader_.member(item, "above_prompt_tokens", Presence::kRequired);
      const auto above = reader_.integer(item, "above_prompt_tokens", 1, kMaxTokens).value_or(kMaxTokens);
      if (!period.long_prompts.empty() && above <= period.long_prompts.back().above)
        reader_.error(item, "'above_prompt_tokens' must rise", "put the entry with fewer tokens first");
      period.long_prompts.push_back({above, read_token_prices(item)});
    }
    return period;
  }

  TokenPrices read_token_prices(const SourceNode& node) {
    reader_.member(node, "input", Presence::kRequired);
    reader_.member(node, "output", Presence::kRequired);
    TokenPrices prices;
    prices.input = token_price(node, "input").value_or(PicoUsd());
    prices.output = token_price(node, "output").value_or(PicoUsd());
    prices.cache_read = token_price(node, "cache_read").value_or(prices.input);
    prices.cache_write_5m = token_price(node, "cache_write_5m").value_or(prices.input);
    prices.cache_write_1h = token_price(node, "cache_write_1h").value_or(prices.cache_write_5m);
    return prices;
  }

  std::optional<PicoUsd> token_price(const SourceNode& node, std::string_view key) {
    const auto* value = reader_.member(node, key);
    const auto dollars = reader_.decimal(node, key);
    if (value == nullptr || !dollars) return std::nullopt;
    if (dollars->is_zero() && key == "input") {
      reader_.error(*value, "'input' is 0", "a model that costs nothing has `free: true` instead of prices");
    } else if (!dollars->is_zero() && *dollars < kCheapest) {
      reader_.error(*value, fmt::format("'{}' is {}: too little for a million tokens", key, value->scalar),
                    "prices are US dollars per MILLION tokens: \"3\", not 0.000003");
    } else if (*dollars > Decimal(kDearest)) {
      reader_.error(*value, fmt::format("'{}' is more than {} dollars per million tokens", key, kDearest));
    }
    // A hundredth of a token's price must be whole, so that every service tier's factor gives whole prices.
    const auto million = PicoUsd::of(*dollars);
    const bool is_whole = million && million->pico() % (kMillion * 100) == 0;
    if (!is_whole) reader_.error(*value, fmt::format("'{}' has more than four decimals", key));
    return is_whole ? std::optional(PicoUsd(million->pico() / kMillion)) : std::nullopt;
  }

  std::optional<base::Date> date(const SourceNode& node, std::string_view key) {
    const auto* value = reader_.member(node, key);
    if (value == nullptr) return std::nullopt;
    const auto day = base::Date::parse(value->scalar);
    if (!day) reader_.error(*value, fmt::format("'{}' must be a day that exists, as 2026-10-07", key));
    return day;
  }

  NodeReader& reader_;
  PriceTable table_;
};

std::unexpected<base::Error> refused(const std::vector<protocol::Diagnostic>& diagnostics) {
  return base::fail(base::ErrorCode::kInvalidArgument, protocol::to_string(diagnostics));
}

}  // namespace

base::Result<PriceTable> read_price_table(std::string_view text, const std::string& file) {
  const auto tree = protocol::parse_yaml(text, file, kMaxPriceFileBytes);
  if (!tree) return refused({tree.error()});
  NodeReader reader;
  auto table = TableReader(reader).read(*tree);
  if (reader.failed()) return refused(reader.take_diagnostics());
  return table;
}

PriceTable builtin_price_table() {
  PriceTable table;
  for (const auto& file : price_files()) {
    const auto prices = read_price_table(file.content, "prices/" + std::string(file.path));
    if (!prices) throw std::logic_error(prices.error().message);
    table.lay_over(*prices);
  }
  return table;
}

std::shared_ptr<const PriceTable> builtin_prices() {
  static const auto kPrices = std::make_shared<const PriceTable>(builtin_price_table());
  return kPrices;
}

base::Result<PriceTable> load_price_table(const std::string& override_path) {
  auto table = builtin_price_table();
  if (override_path.empty()) return table;
  TRY(const auto text, protocol::read_file(override_path, kMaxPriceFileBytes));
  TRY(const auto over, read_price_table(text, override_path));
  table.lay_over(over);
  return table;
}

}  // namespace tollgate::llm
