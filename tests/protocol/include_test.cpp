#include "protocol/include.hpp"

#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "protocol/compiler.hpp"

namespace tollgate::protocol {
namespace {

using Files = std::map<std::string, std::string>;

FileReader reading(const Files& files) {
  return [&files](const std::string& path) -> base::Result<std::string> {
    const auto it = files.find(path);
    if (it == files.end()) return base::fail(base::ErrorCode::kNotFound, fmt::format("no file '{}'", path));
    return it->second;
  };
}

std::string merged(const Files& files) {
  const auto tree = load_source("dir/main.yaml", reading(files));
  if (!tree)
    return fmt::format("{}:{}: {} | {}", tree.error().file, tree.error().line, tree.error().message, tree.error().hint);
  return base::to_json(to_value(*tree));
}

TEST(Include, MergesMappingsAppendsListsAndPutsOwnValuesLast) {
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [a.yaml, sub/b.yaml]\nenums: {c: [z]}\ntests: [3]\nid: x\n"},
                    {"dir/a.yaml", "enums: {a: [x]}\ntests: [1]\n"},
                    {"dir/sub/b.yaml", "include: [c.yaml]\nenums: {b: [y]}\n"},
                    {"dir/sub/c.yaml", "tests: [2]\n"}}),
            R"({"enums":{"a":["x"],"b":["y"],"c":["z"]},"id":"x","tests":[1,2,3]})");
}

TEST(Include, NamesBothPlacesOfAKeyDefinedTwice) {
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [a.yaml]\n\nid: y\n"}, {"dir/a.yaml", "\nid: x\n"}}),
            "dir/main.yaml:3: 'id' is already defined at dir/a.yaml:2 | keep one of the two");
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [a.yaml, b.yaml]\n"},
                    {"dir/a.yaml", "enums: {level: {LOW: 1}}\n"},
                    {"dir/b.yaml", "enums:\n  level: {LOW: 2}\n"}}),
            "dir/b.yaml:2: 'LOW' is already defined at dir/a.yaml:1 | keep one of the two");
}

TEST(Include, RefusesWhatIsMissingRepeatedOrOutside) {
  EXPECT_EQ(merged({}), "dir/main.yaml:0: no file 'dir/main.yaml' | ");
  EXPECT_EQ(merged({{"dir/main.yaml", "id: x\ninclude:\n  - a.yaml\n"}}),
            "dir/main.yaml:3: no file 'dir/a.yaml' | a path is relative to the file that includes it");
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [a.yaml]\n"}, {"dir/a.yaml", "include: [a.yaml]\n"}}),
            "dir/a.yaml:1: 'dir/a.yaml' is included twice | include it once");
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [sub/../a.yaml]\n"}, {"dir/a.yaml", "include: [main.yaml]\n"}}),
            "dir/a.yaml:1: 'dir/main.yaml' is included twice | include it once");
  constexpr const char* kOutside =
      "dir/main.yaml:1: an include is a file below the protocol's folder | use a relative path without `..`";
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [../a.yaml]\n"}}), kOutside);
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [sub/../../a.yaml]\n"}}), kOutside);
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [/etc/passwd]\n"}}), kOutside);
  EXPECT_EQ(merged({{"dir/main.yaml", "include: ['']\n"}}), kOutside);
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [[a]]\n"}}), kOutside);
  EXPECT_EQ(merged({{"dir/main.yaml", "include: a.yaml\n"}}),
            "dir/main.yaml:1: `include` is a list of files | write `include: [types.yaml]`");
  EXPECT_EQ(merged({{"dir/main.yaml", "- a\n"}}),
            "dir/main.yaml:1: a protocol is a mapping of keys | start with `tollgate: 1`");
  EXPECT_EQ(merged({{"dir/main.yaml", "include: [a.yaml]\n"}, {"dir/a.yaml", "a: [\n"}}).substr(0, 11), "dir/a.yaml:");
}

Files chain(int count) {
  Files files;
  std::string list;
  for (int i = 1; i < count; ++i) {
    files[fmt::format("dir/f{}.yaml", i)] = fmt::format("tests: [{}]\n", i);
    list += fmt::format("{}f{}.yaml", i == 1 ? "" : ", ", i);
  }
  files["dir/main.yaml"] = "include: [" + list + "]\n";
  return files;
}

TEST(Include, Takes32FilesAndNotOneMore) {
  EXPECT_EQ(merged(chain(32)).substr(0, 10), R"({"tests":[)");
  EXPECT_EQ(merged(chain(33)), "dir/main.yaml:1: more than 32 files are included | put several of them into one");
}

TEST(Include, BoundsTheValuesOfAllFilesTogetherBecauseTheyArePinnedAsOne) {
  std::string many = "tests: [";
  for (int i = 0; i < 60'000; ++i) many += "1,";
  many += "1]\n";
  EXPECT_NE(merged({{"dir/main.yaml", "include: [a.yaml, b.yaml]\n"}, {"dir/a.yaml", many}, {"dir/b.yaml", many}})
                .find("more than 100000 values"),
            std::string::npos);
}

TEST(Include, ReportsAMistakeInTheFileThatHoldsIt) {
  const Files files = {{"dir/main.yaml",
                        "tollgate: 1\nid: x\nversion: 1\ntitle: T\ninclude: [s1.yaml]\n"
                        "decisions: {profiles: {a: [{id: D, when: \"true\", then: proceed}]}}\n"},
                       {"dir/s1.yaml",
                        "stages:\n  - id: S1\n    title: T\n    groups:\n      - id: g\n        questions:\n"
                        "          - {id: q, type: strng, ask: A}\n"}};
  const auto result = compile_file("dir/main.yaml", reading(files));
  ASSERT_EQ(result.diagnostics.size(), 1U) << to_string(result.diagnostics);
  EXPECT_EQ(result.diagnostics[0].file, "dir/s1.yaml");
  EXPECT_EQ(result.diagnostics[0].line, 7);
}

TEST(Include, RefusesAFolderAndAFileOverOneMebibyteOnDisk) {
  const auto folder = read_source_file("/tmp");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message, "'/tmp' is a folder, not a file");
  const auto endless = read_source_file("/dev/zero");
  EXPECT_TRUE(!endless || endless->size() <= kMaxSourceBytes + 1);
}

}  // namespace
}  // namespace tollgate::protocol
