#include "store/migrations.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::store {
namespace {

class FakeTarget final : public MigrationTarget {
 public:
  std::string place() const override { return "the test database"; }
  base::Result<std::vector<AppliedMigration>> applied() override { return applied_; }
  base::Status apply(const Migration& migration) override {
    if (migration.sql == "broken") return base::fail(base::ErrorCode::kInternal, "syntax error");
    applied_.push_back({migration.version, migration.name, migration.checksum});
    return {};
  }

  std::vector<AppliedMigration> applied_;
};

const std::vector<EmbeddedFile> kTwo = {{"0002_second.sql", "b"}, {"0001_first.sql", "a"}};
const std::vector<EmbeddedFile> kThree = {{"0001_first.sql", "a"}, {"0002_second.sql", "b"}, {"0003_third.sql", "c"}};

TEST(Migrations, AreAppliedInOrderOnce) {
  FakeTarget target;
  const auto before = migration_status(target, kTwo);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->current, 0);
  EXPECT_EQ(before->latest, 2);
  EXPECT_EQ(before->pending, (std::vector<std::string>{"0001_first.sql", "0002_second.sql"}));

  ASSERT_TRUE(migrate_up(target, kTwo));
  ASSERT_TRUE(migrate_up(target, kThree));
  ASSERT_EQ(target.applied_.size(), 3u);
  EXPECT_EQ(target.applied_[0].name, "0001_first.sql");
  EXPECT_EQ(target.applied_[2].version, 3);
  EXPECT_TRUE(migration_status(target, kThree)->pending.empty());
}

TEST(Migrations, RefuseADatabaseThatIsNewerThanTheProgram) {
  FakeTarget target;
  ASSERT_TRUE(migrate_up(target, kThree));
  const auto refused = migrate_up(target, kTwo);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kPreconditionFailed);
  EXPECT_NE(refused.error().message.find("start a newer tollgate"), std::string::npos);
  EXPECT_FALSE(migration_status(target, kTwo));
}

TEST(Migrations, RefuseADatabaseMadeFromOtherFiles) {
  FakeTarget target;
  ASSERT_TRUE(migrate_up(target, kTwo));
  const std::vector<EmbeddedFile> edited = {{"0001_first.sql", "a"}, {"0002_second.sql", "edited"}};
  const auto refused = migrate_up(target, edited);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kPreconditionFailed);
  EXPECT_NE(refused.error().message.find("0002_second.sql"), std::string::npos);
}

TEST(Migrations, StopAtTheFirstThatFails) {
  FakeTarget target;
  const std::vector<EmbeddedFile> files = {
      {"0001_first.sql", "a"}, {"0002_second.sql", "broken"}, {"0003_third.sql", "c"}};
  const auto failed = migrate_up(target, files);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("0002_second.sql"), std::string::npos);
  EXPECT_EQ(target.applied_.size(), 1u);
}

TEST(Migrations, RefuseGapsAndStrangeNames) {
  FakeTarget target;
  for (const std::string_view name :
       {"0003_gap.sql", "2_short.sql", "0002_text.txt", "0002.sql", "000x_digits.sql", ""}) {
    EXPECT_FALSE(migrate_up(target, std::vector<EmbeddedFile>{{"0001_first.sql", "a"}, {name, "b"}})) << name;
  }
  EXPECT_TRUE(target.applied_.empty());
}

TEST(Migrations, OfSqliteAreComplete) {
  EXPECT_TRUE(read_migrations(sqlite_migration_files()));
}

TEST(Migrations, OfPostgresAreComplete) {
  EXPECT_TRUE(read_migrations(postgres_migration_files()));
}

}  // namespace
}  // namespace tollgate::store
