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

TEST_F(ConfigTest, OnlyASecretMayComeFromAFileOfItsOwn) {
  EXPECT_EQ(refusal({{"TOLLGATE_DATABASE_URL_FILE", file_}}), "accepted");
  EXPECT_EQ(refusal({{"TOLLGATE_MODEL_FILE", file_}}).find("unknown environment variable TOLLGATE_MODEL_FILE"), 0U);
}

TEST_F(ConfigTest, SuggestsTheSettingThatWasMeant) {
  EXPECT_EQ(refusal({{"TOLLGATE_HTTP_CA_FILES", file_}}),
            "unknown environment variable TOLLGATE_HTTP_CA_FILES; did you mean TOLLGATE_HTTP_CA_FILE?");
  write("http_ca_fil: /etc/ca.pem\n");
  EXPECT_EQ(refusal(), file_ + ":1: http_ca_fil: unknown setting; did you mean 'http_ca_file'?");
}

}  // namespace
}  // namespace tollgate::cli
