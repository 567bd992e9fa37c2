// What every mistake has in common; the mistakes themselves are in *_mistakes_test.cpp.
#include <algorithm>

#include "protocol/compiler.hpp"
#include "tests/protocol/mistake.hpp"

namespace tollgate::protocol {
namespace {

int marked_line(std::string_view yaml) {
  const auto mark = yaml.find(kMark);
  if (mark == std::string_view::npos) return 0;
  return 1 + static_cast<int>(std::count(yaml.begin(), yaml.begin() + static_cast<std::ptrdiff_t>(mark), '\n'));
}

}  // namespace

TEST_P(Mistakes, ReportsExactlyTheMistakeAtItsLineWithAHint) {
  const auto yaml = yaml_of(GetParam().parts);
  const auto result = compile_text(yaml, "review.yaml");
  auto errors = result.diagnostics;
  std::erase_if(errors, [](const auto& diagnostic) { return diagnostic.level != DiagnosticLevel::kError; });
  EXPECT_EQ(result.protocol, nullptr);
  ASSERT_EQ(errors.size(), 1U) << to_string(result.diagnostics);
  EXPECT_EQ(errors[0].file, "review.yaml");
  EXPECT_EQ(errors[0].line, marked_line(yaml)) << to_string(errors);
  EXPECT_NE(errors[0].message.find(GetParam().message), std::string::npos) << to_string(errors);
  EXPECT_FALSE(errors[0].hint.empty()) << to_string(errors);
  EXPECT_NE(errors[0].hint.find(GetParam().hint), std::string::npos) << to_string(errors);
}

}  // namespace tollgate::protocol
