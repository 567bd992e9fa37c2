#include <gtest/gtest.h>

#include "protocol/expression.hpp"
#include "tests/protocol/sample_scope.hpp"

namespace tollgate::protocol {
namespace {

std::string rendered(std::string_view text) {
  const auto compiled = Template::compile(text, sample_scope());
  if (!compiled) return std::to_string(compiled.error().offset) + ": " + compiled.error().message;
  return compiled->render(sample_environment());
}

TEST(Template, PrintsValuesForReaders) {
  EXPECT_EQ(rendered("The price of {{price}} needs {{severity}} care within {{ window }}."),
            "The price of EUR 180,000 needs High care within 14 days.");
  EXPECT_EQ(rendered("Not available: {{join(features.filter(f, !f.in_production).map(f, f.name), ', ')}}."),
            "Not available: postcode.");
  EXPECT_EQ(rendered("{{approved}}{{tags}}"), "yesa, b, a");
  EXPECT_EQ(rendered("no expression"), "no expression");
  EXPECT_EQ(rendered(""), "");
}

TEST(Template, SaysWhatIsUnansweredOrUndefined) {
  EXPECT_EQ(rendered("{{S2.users}} users, {{1 / 0}}"), "(unanswered) users, (undefined)");
}

TEST(Template, FindsTheEndOutsideStringsAndRecords) {
  EXPECT_EQ(rendered("{{'}}'}}!"), "}}!");
  EXPECT_EQ(rendered("{{'\\'}}'}}!"), "'}}!");
  EXPECT_EQ(rendered("{{'{{'}}!"), "{{!");
  EXPECT_EQ(rendered("{{ {'a': {'b': 1}}.a.b }}!"), "1!");
  EXPECT_EQ(rendered("a } b }} c { d"), "a } b }} c { d");
}

TEST(Template, NamesThePlaceOfAnErrorInTheWholeText) {
  EXPECT_EQ(rendered("abc {{price"), "4: '{{' is not closed");
  EXPECT_EQ(rendered("abc {{ prise }}"), "7: unknown name 'prise'");
  EXPECT_EQ(rendered("{{}}"), "2: the expression ends where a value should be");
}

TEST(Template, ListsItsReferencesOnce) {
  const auto compiled = Template::compile("{{window}} {{price}} {{S1.window}}", sample_scope());
  ASSERT_TRUE(compiled);
  EXPECT_EQ(compiled->references(), (std::vector<std::string>{"S1.price", "S1.window"}));
  EXPECT_EQ(compiled->source(), "{{window}} {{price}} {{S1.window}}");
}

}  // namespace
}  // namespace tollgate::protocol
