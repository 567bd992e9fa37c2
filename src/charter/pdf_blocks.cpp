#include "charter/pdf_blocks.hpp"

#include <array>
#include <utility>

#include "charter/pdf_table.hpp"

namespace tollgate::charter {
namespace {

constexpr double kGap = 7;  // between blocks
constexpr double kIndent = 12;

struct HeadingLook {
  TextFormat format;
  double space_before = 0;
  double space_after = 0;
};

HeadingLook look_of(int level) {
  if (level == 1) return {{.size = 13.5, .weight = Weight::kBold, .colour = kAccent, .line_spacing = 1.05}, 24, 4};
  if (level == 2) return {{.size = 10.5, .weight = Weight::kBold, .line_spacing = 1.05}, 16, 1};
  return {{.size = kBodySize, .weight = Weight::kBold, .colour = kMuted, .line_spacing = 1.1}, 12, 0};
}

// An underline over the body's width, as a slice of its own.
Slice rule(double thickness, Rgb colour, double space_after) {
  return {.height = thickness + space_after,
          .keep = Keep::kWithNext,
          .marks = {Fill{{kLeft, 0, kBodyWidth, thickness}, colour}}};
}

}  // namespace

BlockTypesetter::BlockTypesetter(const Document& document, const TextEngine& engine, Paginator& pages)
    : document_(document), engine_(engine), pages_(pages) {}

void BlockTypesetter::typeset() {
  title();
  for (const auto& block : document_.blocks) {
    if (pages_.is_full()) return;
    std::visit(*this, block);
  }
}

void BlockTypesetter::add(Strip strip, double space) {
  space_before(strip, space);
  for (auto& slice : strip) pages_.add(std::move(slice));
}

void BlockTypesetter::title() {
  if (document_.title.empty() && document_.subtitle.empty()) return;
  Strip strip;
  strip.push_back(rule(3, kAccent, 14));
  if (!document_.title.empty()) {
    const TextFormat format{.size = 21, .weight = Weight::kBold, .line_spacing = 1.02};
    append(strip, lines_of(engine_.set(plain(document_.title), format, kBodyWidth), kLeft));
  }
  if (!document_.subtitle.empty()) {
    const TextFormat muted{.size = 9.5, .colour = kMuted};
    Strip subtitle = lines_of(engine_.set(plain(document_.subtitle), muted, kBodyWidth), kLeft);
    pad_top(subtitle, 5);
    append(strip, std::move(subtitle));
  }
  keep_with_next(strip);
  pad_bottom(strip, 10);
  add(std::move(strip), 0);
}

void BlockTypesetter::operator()(const Heading& heading) {
  const auto look = look_of(heading.level);
  Strip strip = lines_of(engine_.set(plain(heading.text), look.format, kBodyWidth), kLeft);
  strip.front().marks.emplace_back(Landmark{heading.level, heading.text, heading.anchor, 0});
  pad_bottom(strip, look.space_after);
  if (heading.level == 1) strip.push_back(rule(0.75, kRule, 2));
  keep_with_next(strip);
  add(std::move(strip), look.space_before);
}

void BlockTypesetter::operator()(const Paragraph& paragraph) {
  add(lines_of(engine_.set(paragraph.text, {}, kBodyWidth), kLeft), kGap);
}

void BlockTypesetter::operator()(const Bullets& bullets) {
  const auto bullet = engine_.set(plain("•"), {.colour = kMuted}, kIndent);
  double space = kGap;
  for (const auto& item : bullets.items) {
    Strip strip = lines_of(engine_.set(item, {}, kBodyWidth - kIndent), kLeft + kIndent);
    strip.front().marks.emplace_back(TextLine{bullet, 0, kLeft + 2, 0});
    add(std::move(strip), std::exchange(space, 2.5));
  }
}

void BlockTypesetter::operator()(const Quote& quote) {
  const TextFormat italic{.slant = Slant::kItalic};
  Strip strip = lines_of(engine_.set(plain(quote.text), italic, kBodyWidth - kIndent), kLeft + kIndent);
  fill(strip, kLeft, 2, kRule);
  add(std::move(strip), kGap);
}

void BlockTypesetter::operator()(const Callout& callout) {
  constexpr double kPad = 9;
  constexpr double kBar = 3;
  constexpr double kText = kBodyWidth - kBar - 2 * (kPad + 2);
  const double x = kLeft + kBar + kPad + 2;
  Strip strip;
  if (!callout.title.empty()) {
    const TextFormat format{.size = 10, .weight = Weight::kBold, .line_spacing = 1.05};
    strip = lines_of(engine_.set(plain(callout.title), format, kText), x);
    if (!callout.paragraphs.empty()) keep_with_next(strip);
  }
  for (const auto& paragraph : callout.paragraphs) {
    Strip lines = lines_of(engine_.set(paragraph, {}, kText), x);
    if (!strip.empty()) pad_top(lines, 4);
    append(strip, std::move(lines));
  }
  pad_top(strip, kPad);
  pad_bottom(strip, kPad);
  const auto [tint, bar] = colours_of(callout.tone);
  fill(strip, kLeft, kBodyWidth, tint);
  fill(strip, kLeft, kBar, bar);
  add(std::move(strip), kGap + 2);
}

void BlockTypesetter::operator()(const Table& table) {
  write_table(engine_, table, kGap + 2, pages_);
}

void BlockTypesetter::operator()(const Facts& facts) {
  constexpr double kName = kBodyWidth * 0.28;
  constexpr double kPad = 3;
  const Track names{kLeft, kName};
  const Track values{kLeft + kName, kBodyWidth - kName};
  double space = kGap + 2;
  for (const auto& [name, value] : facts.items) {
    const RowCell left{engine_.set(plain(name), {.colour = kMuted, .line_spacing = 1.1}, kName - 12), names};
    const RowCell right{engine_.set(value, {.line_spacing = 1.1}, kBodyWidth - kName - kPad), values};
    Strip strip = row_of({left, right}, kBodyHeight / 2);
    strip.back().marks.emplace_back(Fill{{kLeft, strip.back().height - 0.5, kBodyWidth, 0.5}, kRule});
    if (space > 0) strip.front().marks.emplace_back(Fill{{kLeft, 0, kBodyWidth, 0.5}, kRule});
    add(std::move(strip), std::exchange(space, 0));
  }
}

// Role on the left, then lines to write on, each with its label below.
void BlockTypesetter::add_signature(const std::string& role) {
  constexpr double kRole = kBodyWidth * 0.27;
  constexpr double kBetween = 12;
  constexpr double kWritingHeight = 34;
  const auto name = engine_.set(plain(role), {.weight = Weight::kBold, .line_spacing = 1.05}, kRole - kBetween);
  Strip strip = lines_of(name, kLeft);
  if (name->height() < kWritingHeight) pad_top(strip, kWritingHeight - name->height());
  keep_with_next(strip);
  Slice lines{.height = 20};
  double x = kLeft + kRole;
  const Labels& labels = document_.labels;
  const std::array<std::pair<const std::string*, double>, 3> fields = {
      {{&labels.name, 0.27}, {&labels.signature, 0.27}, {&labels.date, 0.19}}};
  for (const auto& [label, share] : fields) {
    const double width = kBodyWidth * share - (label == &labels.date ? 0 : kBetween);
    const TextFormat small{.size = kSmallSize, .colour = kMuted};
    lines.marks.emplace_back(Fill{{x, 0, width, 0.6}, kMuted});
    lines.marks.emplace_back(TextLine{engine_.set_line(*label, small, width), 0, x, 3});
    x += width + kBetween;
  }
  strip.push_back(std::move(lines));
  add(std::move(strip), 0);
}

void BlockTypesetter::operator()(const Signatures& signatures) {
  for (const auto& role : signatures.roles) add_signature(role);
}

void BlockTypesetter::operator()(PageBreak) {
  pages_.break_page();
}

}  // namespace tollgate::charter
