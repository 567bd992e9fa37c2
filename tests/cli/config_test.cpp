#include "cli/config.hpp"

#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace tollgate::cli {
namespace {

using Environment = std::map<std::string, std::string>;

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() : file_(fmt::format("{}tollgate-settings-{}.yaml", testing::TempDir(), ::getpid())) { write("{}"); }
  ~ConfigTest() override { std::remove(file_.c_str()); }

  void write(std::string_view settings) const { std::ofstream(file_) << settings; }
  base::Result<Config> load(const Environment& environment = {}) const {
    return load_config({.config_file = file_}, environment);
  }
  std::string refusal(const Environment& environment = {}) const {
    const auto config = load(environment);
    return config ? "accepted" : config.error().message;
  }

  const std::string file_;
};

TEST_F(ConfigTest, TakesConnectionSettingsFromTheFile) {
  write("http_ca_file: /etc/ca.pem\nhttp_connect_timeout_seconds: 9\nhttp_idle_timeout_seconds: 300\n");
  const auto config = load();
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->http_ca_file, "/etc/ca.pem");
  EXPECT_EQ(config->http_connect_timeout_seconds, 9);
  EXPECT_EQ(config->http_idle_timeout_seconds, 300);
}

TEST_F(ConfigTest, TheEnvironmentComesBeforeTheFile) {
  write("http_ca_file: /etc/ca.pem\nhttp_idle_timeout_seconds: 300\n");
  const auto config = load({{"TOLLGATE_HTTP_CA_FILE", "/opt/ca.pem"},
                            {"TOLLGATE_HTTP_CONNECT_TIMEOUT_SECONDS", "7"},
                            {"TOLLGATE_HTTP_IDLE_TIMEOUT_SECONDS", "30"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->http_ca_file, "/opt/ca.pem");
  EXPECT_EQ(config->http_connect_timeout_seconds, 7);
  EXPECT_EQ(config->http_idle_timeout_seconds, 30);
}

TEST_F(ConfigTest, RefusesATimeoutOutOfBoundsAndSaysWhere) {
  EXPECT_EQ(refusal({{"TOLLGATE_HTTP_CONNECT_TIMEOUT_SECONDS", "0"}}),
            "TOLLGATE_HTTP_CONNECT_TIMEOUT_SECONDS: must be a whole number from 1 to 300");
  write("http_idle_timeout_seconds: 1.5\n");
  EXPECT_EQ(refusal(), file_ + ":1: http_idle_timeout_seconds: must be a whole number from 1 to 3600");
}

TEST_F(ConfigTest, LimitsRequestsAsTheServerDoesUnlessItIsToldOtherwise) {
  const api::RequestLimits usual;
  EXPECT_EQ(load()->rate_limits.per_account.per_minute, usual.per_account.per_minute);
  EXPECT_EQ(load()->rate_limits.sign_ins.per_minute, usual.sign_ins.per_minute);
  write("rate_limit_per_address: 7\n");
  const auto config = load({{"TOLLGATE_RATE_LIMIT_PER_ACCOUNT", "5"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->rate_limits.per_account.per_minute, 5);
  EXPECT_EQ(config->rate_limits.per_address.per_minute, 7);
  EXPECT_EQ(refusal({{"TOLLGATE_RATE_LIMIT_PER_ACCOUNT", "-1"}}),
            "TOLLGATE_RATE_LIMIT_PER_ACCOUNT: must be a whole number from 0 to 1000000");
}

TEST_F(ConfigTest, OnlyASecretMayComeFromAFileOfItsOwn) {
  EXPECT_EQ(refusal({{"TOLLGATE_DATABASE_URL_FILE", file_}}), "accepted");
  EXPECT_EQ(refusal({{"TOLLGATE_MODEL_FILE", file_}}).find("unknown environment variable TOLLGATE_MODEL_FILE"), 0U);
}

const std::string kKey(64, 'a');
const std::string kOldKey(64, 'b');

TEST_F(ConfigTest, EncryptsWithOneKeyAndDecryptsWithTheOldOnesToo) {
  EXPECT_TRUE(encryption_keys(*load()).empty());
  const auto config = load({{"TOLLGATE_ENCRYPTION_KEY", kKey}, {"TOLLGATE_ENCRYPTION_OLD_KEYS", kOldKey + "," + kKey}});
  ASSERT_TRUE(config) << config.error().message;
  const auto keys = encryption_keys(*config);
  ASSERT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys[0], *store::parse_encryption_key(kKey));
  EXPECT_EQ(keys[1], *store::parse_encryption_key(kOldKey));
}

TEST_F(ConfigTest, TakesAnEncryptionKeyFromAFileOfItsOwn) {
  const auto key_file = file_ + ".key";
  std::ofstream(key_file) << kKey << "\n";
  const auto config = load({{"TOLLGATE_ENCRYPTION_KEY_FILE", key_file}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->encryption_key, *store::parse_encryption_key(kKey));
  std::remove(key_file.c_str());
}

TEST_F(ConfigTest, RefusesAnEncryptionKeyWithoutRepeatingIt) {
  const auto refused = refusal({{"TOLLGATE_ENCRYPTION_KEY", "guessable"}});
  EXPECT_EQ(refused.find("TOLLGATE_ENCRYPTION_KEY: must be 32 bytes"), 0U);
  EXPECT_EQ(refused.find("guessable"), std::string::npos);
  write("encryption_key: guessable\n");
  EXPECT_EQ(refusal().find(file_ + ":1: encryption_key: must be 32 bytes"), 0U);
  EXPECT_EQ(refusal().find("guessable"), std::string::npos);
}

TEST_F(ConfigTest, RefusesOldEncryptionKeysAlone) {
  EXPECT_EQ(refusal({{"TOLLGATE_ENCRYPTION_OLD_KEYS", kOldKey}}),
            "TOLLGATE_ENCRYPTION_OLD_KEYS is set without TOLLGATE_ENCRYPTION_KEY, the key that encrypts");
}

TEST_F(ConfigTest, SuggestsTheSettingThatWasMeant) {
  EXPECT_EQ(refusal({{"TOLLGATE_HTTP_CA_FILES", file_}}),
            "unknown environment variable TOLLGATE_HTTP_CA_FILES; did you mean TOLLGATE_HTTP_CA_FILE?");
  write("http_ca_fil: /etc/ca.pem\n");
  EXPECT_EQ(refusal(), file_ + ":1: http_ca_fil: unknown setting; did you mean 'http_ca_file'?");
}

TEST_F(ConfigTest, KeepsTheAccountOfCallsForDaysOrForEver) {
  EXPECT_EQ(load()->usage_days, 400);
  write("usage_days: 0\n");
  const auto kept_forever = load();
  ASSERT_TRUE(kept_forever) << kept_forever.error().message;
  EXPECT_EQ(kept_forever->usage_days, 0);
  EXPECT_EQ(refusal({{"TOLLGATE_USAGE_DAYS", "-1"}}), "TOLLGATE_USAGE_DAYS: must be a whole number from 0 to 36500");
}

TEST_F(ConfigTest, TakesABudgetOfSessionsInDollars) {
  EXPECT_EQ(load()->session_budget, base::PicoUsd());
  write("session_budget_usd: 2.50\n");
  EXPECT_EQ(load()->session_budget.to_string(), "2.5");
  for (const char* wrong : {"much", "-1", "0.0000000000001"})
    EXPECT_EQ(refusal({{"TOLLGATE_SESSION_BUDGET_USD", wrong}}),
              "TOLLGATE_SESSION_BUDGET_USD: must be an amount of dollars, such as 2.50; 0: no budget");
}

}  // namespace
}  // namespace tollgate::cli
