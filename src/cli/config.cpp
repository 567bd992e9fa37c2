#include "cli/config.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "base/text.hpp"
#include "protocol/include.hpp"
#include "protocol/source.hpp"

namespace tollgate::cli {
namespace {

using base::ErrorCode;
using Environment = std::map<std::string, std::string>;

// One setting: its key in tollgate.yaml, its environment variable, and where it goes.
struct Setting {
  std::string_view key;
  std::string_view variable;
  bool secret;
  std::function<base::Status(Config&, const std::string&)> assign;
};

auto text(std::string Config::* member) {
  return [member](Config& config, const std::string& value) -> base::Status {
    config.*member = value;
    return {};
  };
}

auto provider_text(ProviderSettings Config::* provider, std::string ProviderSettings::* member) {
  return [provider, member](Config& config, const std::string& value) -> base::Status {
    config.*provider.*member = value;
    return {};
  };
}

base::Result<std::int64_t> parse_number(const std::string& value, std::int64_t min, std::int64_t max) {
  const auto parsed = base::Decimal::parse(base::trim(value));
  const auto whole = parsed ? parsed->to_int64() : std::nullopt;
  if (!whole || *whole < min || *whole > max) {
    return base::fail(ErrorCode::kInvalidArgument, fmt::format("must be a whole number from {} to {}", min, max));
  }
  return *whole;
}

auto number(std::int64_t Config::* member, std::int64_t min, std::int64_t max) {
  return [member, min, max](Config& config, const std::string& value) -> base::Status {
    TRY(config.*member, parse_number(value, min, max));
    return {};
  };
}

auto rate_limit(api::RateLimit api::RequestLimits::* member) {
  return [member](Config& config, const std::string& value) -> base::Status {
    TRY((config.rate_limits.*member).per_minute, parse_number(value, 0, 1'000'000));
    return {};
  };
}

auto model(const char* tier) {
  return [tier](Config& config, const std::string& value) -> base::Status {
    config.models[tier] = value;
    return {};
  };
}

base::Status assign_provider(Config& config, const std::string& value) {
  const std::vector<std::string> known = {"auto", "anthropic", "openai", "ollama", "offline"};
  if (std::find(known.begin(), known.end(), value) == known.end()) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("must be one of {}, not '{}'", base::join(known, ", "), base::shortened(value, 40)));
  }
  config.provider = value;
  return {};
}

auto on_or_off(bool Config::* member) {
  return [member](Config& config, const std::string& value) -> base::Status {
    if (value != "on" && value != "off") return base::fail(ErrorCode::kInvalidArgument, "must be on or off");
    config.*member = value == "on";
    return {};
  };
}

base::Status assign_session_budget(Config& config, const std::string& value) {
  const auto amount = base::PicoUsd::parse(base::trim(value));
  if (!amount || *amount < base::PicoUsd())
    return base::fail(ErrorCode::kInvalidArgument, "must be an amount of dollars, such as 2.50; 0: no budget");
  config.session_budget = *amount;
  return {};
}

base::Status assign_encryption_key(Config& config, const std::string& value) {
  TRY(config.encryption_key, store::parse_encryption_key(value));
  return {};
}

base::Status assign_encryption_old_keys(Config& config, const std::string& value) {
  TRY(config.encryption_old_keys, store::parse_encryption_keys(value));
  return {};
}

base::Status check_encryption(const Config& config) {
  if (config.encryption_key || config.encryption_old_keys.empty()) return {};
  return base::fail(ErrorCode::kInvalidArgument,
                    "TOLLGATE_ENCRYPTION_OLD_KEYS is set without TOLLGATE_ENCRYPTION_KEY, the key that encrypts");
}

base::Status assign_model(Config& config, const std::string& value) {
  for (const char* tier : {"fast", "balanced", "powerful"}) config.models[tier] = value;
  return {};
}

const std::vector<Setting>& settings() {
  static const std::vector<Setting> kSettings = {
      {"database_url", "TOLLGATE_DATABASE_URL", true, text(&Config::database_url)},
      {"database_pool_min", "TOLLGATE_DATABASE_POOL_MIN", false, number(&Config::database_pool_min, 0, 1000)},
      {"database_pool_max", "TOLLGATE_DATABASE_POOL_MAX", false, number(&Config::database_pool_max, 1, 1000)},
      {"database_pool_wait_seconds", "TOLLGATE_DATABASE_POOL_WAIT_SECONDS", false,
       number(&Config::database_pool_wait_seconds, 1, 300)},
      {"database_pool_idle_seconds", "TOLLGATE_DATABASE_POOL_IDLE_SECONDS", false,
       number(&Config::database_pool_idle_seconds, 1, 86'400)},
      {"database_pool_lifetime_seconds", "TOLLGATE_DATABASE_POOL_LIFETIME_SECONDS", false,
       number(&Config::database_pool_lifetime_seconds, 10, 86'400)},
      {"database_cache_mib", "TOLLGATE_DATABASE_CACHE_MIB", false, number(&Config::database_cache_mib, 0, 65'536)},
      {"database_statement_timeout_seconds", "TOLLGATE_DATABASE_STATEMENT_TIMEOUT_SECONDS", false,
       number(&Config::database_statement_timeout_seconds, 1, 3600)},
      {"database_pooler", "TOLLGATE_DATABASE_POOLER", false, on_or_off(&Config::database_pooler)},
      {"encryption_key", "TOLLGATE_ENCRYPTION_KEY", true, assign_encryption_key},
      {"encryption_old_keys", "TOLLGATE_ENCRYPTION_OLD_KEYS", true, assign_encryption_old_keys},
      {"provider", "TOLLGATE_PROVIDER", false, assign_provider},
      {"model", "TOLLGATE_MODEL", false, assign_model},
      {"model_fast", "TOLLGATE_MODEL_FAST", false, model("fast")},
      {"model_balanced", "TOLLGATE_MODEL_BALANCED", false, model("balanced")},
      {"model_powerful", "TOLLGATE_MODEL_POWERFUL", false, model("powerful")},
      {"llm_config", "TOLLGATE_LLM_CONFIG", false, text(&Config::llm_config)},
      {"redis_url", "TOLLGATE_REDIS_URL", true, text(&Config::redis_url)},
      {"cache_memory_mib", "TOLLGATE_CACHE_MEMORY_MIB", false, number(&Config::cache_memory_mib, 1, 65'536)},
      {"anthropic_api_key", "ANTHROPIC_API_KEY", true, provider_text(&Config::anthropic, &ProviderSettings::api_key)},
      {"anthropic_base_url", "ANTHROPIC_BASE_URL", false,
       provider_text(&Config::anthropic, &ProviderSettings::base_url)},
      {"openai_api_key", "OPENAI_API_KEY", true, provider_text(&Config::openai, &ProviderSettings::api_key)},
      {"openai_base_url", "OPENAI_BASE_URL", false, provider_text(&Config::openai, &ProviderSettings::base_url)},
      {"ollama_host", "OLLAMA_HOST", false, provider_text(&Config::ollama, &ProviderSettings::base_url)},
      {"llm_concurrency", "TOLLGATE_LLM_CONCURRENCY", false, number(&Config::llm_concurrency, 1, 256)},
      {"llm_timeout_seconds", "TOLLGATE_LLM_TIMEOUT_SECONDS", false, number(&Config::llm_timeout_seconds, 1, 3600)},
      {"session_budget_usd", "TOLLGATE_SESSION_BUDGET_USD", false, assign_session_budget},
      {"usage_days", "TOLLGATE_USAGE_DAYS", false, number(&Config::usage_days, 0, 36'500)},
      {"http_ca_file", "TOLLGATE_HTTP_CA_FILE", false, text(&Config::http_ca_file)},
      {"http_connect_timeout_seconds", "TOLLGATE_HTTP_CONNECT_TIMEOUT_SECONDS", false,
       number(&Config::http_connect_timeout_seconds, 1, 300)},
      {"http_idle_timeout_seconds", "TOLLGATE_HTTP_IDLE_TIMEOUT_SECONDS", false,
       number(&Config::http_idle_timeout_seconds, 1, 3600)},
      {"serve_address", "TOLLGATE_SERVE_ADDRESS", false, text(&Config::serve_address)},
      {"serve_port", "TOLLGATE_SERVE_PORT", false, number(&Config::serve_port, 0, 65535)},
      {"serve_threads", "TOLLGATE_SERVE_THREADS", false, number(&Config::serve_threads, 0, 256)},
      {"serve_tls_certificate", "TOLLGATE_SERVE_TLS_CERTIFICATE", false, text(&Config::serve_tls_certificate)},
      {"serve_tls_key", "TOLLGATE_SERVE_TLS_KEY", false, text(&Config::serve_tls_key)},
      {"accounts", "TOLLGATE_ACCOUNTS", false, on_or_off(&Config::accounts)},
      {"rate_limit_per_account", "TOLLGATE_RATE_LIMIT_PER_ACCOUNT", false,
       rate_limit(&api::RequestLimits::per_account)},
      {"rate_limit_per_address", "TOLLGATE_RATE_LIMIT_PER_ADDRESS", false,
       rate_limit(&api::RequestLimits::per_address)},
      {"shutdown_delay_seconds", "TOLLGATE_SHUTDOWN_DELAY_SECONDS", false,
       number(&Config::shutdown_delay_seconds, 0, 300)},
      {"drain_limit_seconds", "TOLLGATE_DRAIN_LIMIT_SECONDS", false, number(&Config::drain_limit_seconds, 1, 3600)},
  };
  return kSettings;
}

const std::string* variable(const Environment& environment, std::string_view name) {
  const auto it = environment.find(std::string(name));
  return it == environment.end() || it->second.empty() ? nullptr : &it->second;
}

std::string default_database_url(const Environment& environment) {
  namespace fs = std::filesystem;
  const std::string* data = variable(environment, "XDG_DATA_HOME");
  const std::string* home = variable(environment, "HOME");
  const fs::path base = data != nullptr   ? fs::path(*data)
                        : home != nullptr ? fs::path(*home) / ".local" / "share"
                                          : fs::path(".");
  return "sqlite:" + (base / "tollgate" / "tollgate.db").string();
}

base::Status assign(Config& config, const Setting& setting, const std::string& value, const std::string& where) {
  if (auto status = setting.assign(config, value); !status) {
    return base::fail(status.error().code, fmt::format("{}: {}", where, status.error().message));
  }
  return {};
}

base::Status read_config_file(Config& config, const FlagSettings& flags) {
  const bool named = !flags.config_file.empty();
  const std::string path = named ? flags.config_file : "tollgate.yaml";
  if (!named && !std::filesystem::exists(path)) return {};
  TRY(const auto content, protocol::read_source_file(path));
  const auto root = protocol::parse_yaml(content, path);
  if (!root) return base::fail(ErrorCode::kInvalidArgument, protocol::to_string(root.error()));
  if (root->is_null()) return {};
  if (!root->is_mapping())
    return base::fail(ErrorCode::kInvalidArgument, fmt::format("{}: settings are `key: value` lines", path));
  for (const auto& [key, value] : root->members) {
    const std::string where = fmt::format("{}:{}: {}", path, key.at.line, base::shortened(key.scalar, 60));
    const auto setting = std::find_if(settings().begin(), settings().end(),
                                      [&](const Setting& known) { return known.key == key.scalar; });
    if (setting == settings().end()) {
      std::vector<std::string> keys;
      for (const auto& known : settings()) keys.emplace_back(known.key);
      const auto near = base::nearest(key.scalar, keys);
      return base::fail(ErrorCode::kInvalidArgument, fmt::format("{}: unknown setting{}", where,
                                                                 near ? fmt::format("; did you mean '{}'?", *near)
                                                                      : "; known: " + base::join(keys, ", ")));
    }
    if (!value.is_scalar())
      return base::fail(ErrorCode::kInvalidArgument, fmt::format("{}: must be a single value", where));
    TRY_STATUS(assign(config, *setting, value.scalar, where));
  }
  return {};
}

base::Status refuse_unknown(const Environment& environment) {
  std::vector<std::string> names;
  for (const auto& setting : settings()) {
    names.emplace_back(setting.variable);
    if (setting.secret) names.push_back(names.back() + "_FILE");
  }
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("TOLLGATE_") || std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto near = base::nearest(name, names);
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("unknown environment variable {}{}", name,
                                  near ? fmt::format("; did you mean {}?", *near) : "; see `tollgate --help`"));
  }
  return {};
}

base::Status read_environment(Config& config, const Environment& environment) {
  for (const auto& setting : settings()) {
    const std::string file_name = std::string(setting.variable) + "_FILE";
    const std::string* direct = variable(environment, setting.variable);
    const std::string* file = setting.secret ? variable(environment, file_name) : nullptr;
    if (direct != nullptr && file != nullptr) {
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("both {} and {} are set; unset one of them", setting.variable, file_name));
    }
    if (direct != nullptr) TRY_STATUS(assign(config, setting, *direct, std::string(setting.variable)));
    if (file == nullptr) continue;
    auto content = protocol::read_source_file(*file);
    if (!content) return base::fail(content.error().code, fmt::format("{}: {}", file_name, content.error().message));
    TRY_STATUS(assign(config, setting, std::string(base::trim(*content)), file_name));
  }
  return refuse_unknown(environment);
}

base::Status read_router(Config& config, const Environment& environment) {
  if (config.llm_config.empty()) return {};
  TRY(const auto content, protocol::read_source_file(config.llm_config));
  const llm::SecretSource secrets = [&environment](std::string_view name) -> std::optional<std::string> {
    const auto* value = variable(environment, name);
    return value == nullptr ? std::nullopt : std::optional(*value);
  };
  TRY(auto router, llm::read_router_config(content, config.llm_config, secrets));
  config.router = std::make_shared<const llm::RouterConfig>(std::move(router));
  return {};
}

}  // namespace

base::Result<Config> load_config(const FlagSettings& flags, const Environment& environment) {
  Config config;
  config.database_url = default_database_url(environment);
  TRY_STATUS(read_config_file(config, flags));
  TRY_STATUS(read_environment(config, environment));
  TRY_STATUS(check_encryption(config));
  TRY_STATUS(read_router(config, environment));
  if (!flags.store.empty()) config.database_url = flags.store;
  if (!flags.provider.empty()) {
    if (auto status = assign_provider(config, flags.provider); !status)
      return base::fail(status.error().code, "--provider " + status.error().message);
  }
  if (!flags.model.empty()) TRY_STATUS(assign_model(config, flags.model));
  return config;
}

store::EncryptionKeys encryption_keys(const Config& config) {
  store::EncryptionKeys keys;
  if (config.encryption_key) keys.push_back(*config.encryption_key);
  keys.insert(keys.end(), config.encryption_old_keys.begin(), config.encryption_old_keys.end());
  return keys;
}

}  // namespace tollgate::cli
