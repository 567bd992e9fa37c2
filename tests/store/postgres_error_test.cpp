#include <vector>

#include <gtest/gtest.h>

#include "store/postgres/pg_error.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;

struct Case {
  std::string sqlstate;
  ErrorCode code;
  std::string cure;
};

TEST(PgError, MapsTheSqlstateToACodeAndACure) {
  for (const auto& [sqlstate, code, cure] : std::vector<Case>{
           {"53100", ErrorCode::kNoSpace, "Free space"},
           {"53300", ErrorCode::kUnavailable, "max_connections"},
           {"53200", ErrorCode::kUnavailable, "repeat"},
           {"57014", ErrorCode::kTimeout, "database_statement_timeout_seconds"},
           {"55P03", ErrorCode::kTimeout, "Repeat"},
           {"57P01", ErrorCode::kUnavailable, "restarted"},
           {"57P03", ErrorCode::kUnavailable, "starting up"},
           {"08006", ErrorCode::kUnavailable, "Repeat"},
           {"40P01", ErrorCode::kUnavailable, "repeat"},
           {"25006", ErrorCode::kUnavailable, "primary"},
           {"42P01", ErrorCode::kPreconditionFailed, "tollgate migrate up"},
           {"42501", ErrorCode::kUnavailable, "GRANT"},
           {"26000", ErrorCode::kUnavailable, "database_pooler: on"},
           {"54000", ErrorCode::kTooLarge, "too large"},
           {"XX001", ErrorCode::kCorrupt, "restore a backup"},
           {"42601", ErrorCode::kInternal, "refused"},
       }) {
    const auto error = explain_failure({.sqlstate = sqlstate, .message = "words"}, "postgres://h/d");
    EXPECT_EQ(error.code, code) << sqlstate;
    EXPECT_NE(error.message.find(cure), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("postgres://h/d"), std::string::npos) << error.message;
    EXPECT_EQ(error.detail, "PostgreSQL " + sqlstate + ": words");
  }
}

TEST(PgError, ReadsTheSqlstateOfARefusalInAnyLanguage) {
  const auto told = [](std::string_view message) { return explain_refusal(message, "postgres://h/d").message; };
  EXPECT_NE(told("connection to server at \"h\", port 5432 failed: FATAL:  53300: sorry\n").find("max_connections"),
            std::string::npos);
  EXPECT_NE(told("… failed: SCHWERWIEGEND:  28P01: Passwort\nLOCATION:  auth.c:335\n").find("pg_hba.conf"),
            std::string::npos);
  EXPECT_NE(told("could not connect: Connection refused").find("is PostgreSQL running"), std::string::npos);
  EXPECT_NE(told(":  ").find("is PostgreSQL running"), std::string::npos);
  EXPECT_EQ(explain_refusal("FATAL:  42601: odd", "x").code, ErrorCode::kUnavailable);
}

TEST(PgError, SaysThatALostConnectionLeavesItOpenWhetherAChangeWasStored) {
  const auto error = explain_failure({.message = "EOF", .connection_lost = true}, "postgres://h/d");
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_NE(error.message.find("Repeat it, which is safe"), std::string::npos);
}

TEST(PgError, KnowsWhatMayBeRepeatedAsItIs) {
  EXPECT_TRUE(is_transient("40001"));
  EXPECT_TRUE(is_transient("40P01"));
  EXPECT_FALSE(is_transient("23505"));
  EXPECT_FALSE(is_transient(""));
}

}  // namespace
}  // namespace tollgate::store
