#include <gtest/gtest.h>

#include "base/text.hpp"
#include "protocol/expression.hpp"
#include "tests/protocol/sample_scope.hpp"

namespace tollgate::protocol {
namespace {

struct Row {
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.expression; }
  const char* expression;
  const char* references;
  const char* unguarded;
  const char* members = "";
};

class Guards : public testing::TestWithParam<Row> {};

TEST_P(Guards, TellWhatIsReadWithoutATest) {
  const auto expression = Expression::compile(GetParam().expression, sample_scope());
  ASSERT_TRUE(expression) << expression.error().message;
  EXPECT_EQ(base::join(expression->references(), " "), GetParam().references);
  EXPECT_EQ(base::join(expression->unguarded_references(), " "), GetParam().unguarded);
  EXPECT_EQ(base::join(expression->unguarded_members(), " "), GetParam().members);
}

constexpr Row kRows[] = {
    {"users > 3", "S2.users", "S2.users"},
    {"S2.users > 3 && users < 9", "S2.users", "S2.users"},
    {"has(users)", "S2.users", ""},
    {"has(users) && users > 3", "S2.users", ""},
    {"users > 3 && has(users)", "S2.users", ""},
    {"has(users) && ready", "S2.ready S2.users", "S2.ready"},
    {"has(users) || users > 3", "S2.users", "S2.users"},
    {"!has(users) || users > 3", "S2.users", ""},
    {"users > 3 || !has(users)", "S2.users", ""},
    {"!has(users) && users > 3", "S2.users", "S2.users"},
    {"has(users) ? users : 0", "S2.users", ""},
    {"has(users) ? 0 : users", "S2.users", "S2.users"},
    {"!has(users) ? 0 : users", "S2.users", ""},
    {"has(users) && has(ready) ? users > 3 && ready : false", "S2.ready S2.users", ""},
    {"has(users) || has(ready) ? users > 3 : false", "S2.ready S2.users", "S2.users"},
    {"!(has(users) && has(ready)) || (users > 3 && ready)", "S2.ready S2.users", ""},
    {"!(!has(users) || !has(ready)) && users > 3", "S2.ready S2.users", ""},
    {"(has(users) || approved) && users > 3", "S1.approved S2.users", "S1.approved S2.users"},
    {"has(users) && (approved || users > 3)", "S1.approved S2.users", "S1.approved"},
    {"approved && has(users) && users > 3", "S1.approved S2.users", "S1.approved"},
    {"users > 3 || has(users) && users > 4", "S2.users", "S2.users"},
    {"has(rows) && rows.all(r, r.in_production)", "S2.rows", ""},
    {"rows.all(r, r.in_production)", "S2.rows", "S2.rows"},
    {"scores.all(s, has(users) && users > s)", "S1.scores S2.users", "S1.scores"},
    {"features.all(f, f.latency < window)", "S1.features S1.window", "S1.features S1.window", "S1.features[].latency"},
    {"features.all(f, has(f.latency) && f.latency < window)", "S1.features S1.window", "S1.features S1.window"},
    {"features.all(f, features.all(g, has(f.latency) && g.latency < window))", "S1.features S1.window",
     "S1.features S1.window", "S1.features[].latency"},
    {"features.filter(f, has(f.latency)).map(g, g.latency)", "S1.features", "S1.features"},
    {"features.filter(f, !has(f.latency)).map(g, g.latency)", "S1.features", "S1.features", "S1.features[].latency"},
    {"features.map(f, has(f.latency), f.latency)", "S1.features", "S1.features"},
    {"features[0].latency == window", "S1.features S1.window", "S1.features S1.window", "S1.features[].latency"},
    {"residual.safety == 'LOW'", "S1.residual", "S1.residual", "S1.residual.safety"},
    {"residual['safety'] == 'LOW'", "S1.residual", "S1.residual", "S1.residual.safety"},
    {"has(residual.safety) && residual.safety == 'LOW'", "S1.residual", ""},
    {"has(residual.safety) && residual['safety'] == 'LOW'", "S1.residual", ""},
    {"has(residual.safety) && residual.privacy == 'LOW'", "S1.residual", "", "S1.residual.privacy"},
    {"residual.all(p, residual[p] == 'LOW')", "S1.residual", "S1.residual", "S1.residual[]"},
    {"residual.all(p, has(residual[p]) && residual[p] == 'LOW')", "S1.residual", "S1.residual"},
};
INSTANTIATE_TEST_SUITE_P(References, Guards, testing::ValuesIn(kRows));

}  // namespace
}  // namespace tollgate::protocol
