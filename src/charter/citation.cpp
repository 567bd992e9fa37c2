#include "charter/citation.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include "base/date.hpp"
#include "base/text.hpp"

namespace tollgate::charter {
namespace {

using protocol::Citation;

constexpr std::size_t kMaxAuthors = 20;         // all of them are listed up to here
constexpr std::size_t kAuthorsBeforeDots = 19;  // of longer lists, before the last one

bool is_et_al(const std::string& author) {
  return base::lower_ascii(author) == "et al." || author == "et al";
}
bool is_person(const std::string& author) {
  return author.find(',') != std::string::npos;
}

std::string ended(std::string text) {
  static constexpr std::string_view kEnds = ".?!";
  const bool quoted = text.size() > 1 && text.back() == '"';
  const char last = text.empty() ? '.' : text[text.size() - (quoted ? 2 : 1)];
  if (kEnds.find(last) == std::string_view::npos) text += '.';
  return text;
}

std::string author_list(const std::vector<std::string>& authors) {
  const std::size_t count = authors.size();
  if (count == 0) return {};
  if (is_et_al(authors.back()) && count > 1) return base::join(authors, ", ");
  if (count == 1) return authors.front();
  if (count > kMaxAuthors) {
    const std::vector<std::string> first(authors.begin(), authors.begin() + kAuthorsBeforeDots);
    return base::join(first, ", ") + ", . . . " + authors.back();
  }
  if (count == 2 && !is_person(authors[0]) && !is_person(authors[1])) return authors[0] + " & " + authors[1];
  const std::vector<std::string> first(authors.begin(), authors.end() - 1);
  return base::join(first, ", ") + ", & " + authors.back();
}

std::string shown_year(const Citation& citation, std::string_view suffix) {
  if (citation.year.empty() || base::lower_ascii(citation.year).starts_with("n.d"))
    return suffix.empty() ? "n.d." : fmt::format("n.d.-{}", suffix);
  // The letter belongs to the year of a date such as "2020, March 3".
  const std::size_t digits = std::min(citation.year.find_first_not_of("0123456789"), citation.year.size());
  return citation.year.substr(0, digits) + std::string(suffix) + citation.year.substr(digits);
}

std::string doi_url(std::string_view doi) {
  static constexpr std::array<std::string_view, 7> kPrefixes{
      "https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi.org/", "doi:", "DOI:"};
  for (const auto prefix : kPrefixes) {
    if (!doi.starts_with(prefix)) continue;
    doi.remove_prefix(prefix.size());
    break;
  }
  return "https://doi.org/" + std::string(base::trim(doi));
}

std::string retrieval_date(const std::string& accessed) {
  static constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                            "May",       "June",     "July",     "August",
                                                            "September", "October",  "November", "December"};
  const auto date = base::Date::parse(accessed);
  if (!date) return accessed;
  const std::chrono::year_month_day day(date->day());
  return fmt::format("{} {}, {}", kMonths[static_cast<unsigned>(day.month()) - 1], static_cast<unsigned>(day.day()),
                     static_cast<int>(day.year()));
}

// "31" or "31(2)".
bool is_volume(std::string_view part) {
  const std::size_t digits = std::min(part.find_first_not_of("0123456789"), part.size());
  return digits > 0 && (digits == part.size() || (part[digits] == '(' && part.back() == ')'));
}

// "1135–1144", with any dash.
bool is_page_range(std::string_view part) {
  if (part.empty() || part.front() < '0' || part.front() > '9' || part.back() < '0' || part.back() > '9') return false;
  const std::size_t dash = part.find_first_not_of("0123456789");
  const std::size_t second = part.find_last_not_of("0123456789");
  if (dash == std::string_view::npos) return false;
  const std::string_view between = part.substr(dash, second - dash + 1);
  return between == "-" || between == "–" || between == "—";
}

// A source written "Name, volume(issue), pages": name and volume are set in italics, the rest is not.
struct Serial {
  std::string name;
  std::string volume{};  // digits
  std::string rest{};    // "(2), 841–887"
};

Serial split_serial(const std::string& source) {
  const auto parts = base::split(source, ',');
  std::size_t offset = parts.front().size();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = base::trim(parts[i]);
    if (is_volume(part)) {
      const std::size_t digits = std::min(part.find_first_not_of("0123456789"), part.size());
      const std::size_t end = offset + 1 + parts[i].size();
      return {source.substr(0, offset), std::string(part.substr(0, digits)),
              std::string(part.substr(digits)) + source.substr(end)};
    }
    offset += 1 + parts[i].size();
  }
  return {source};
}

class Entry {
 public:
  Entry(const Citation& citation, std::string_view suffix) : citation_(citation), suffix_(suffix) {}

  Text write() {
    if (citation_.type == "law") {
      write_law();
    } else {
      const bool titled = begin();
      if (!titled) write_title();
      write_source();
    }
    write_link();
    while (!text_.empty() && text_.back().text.ends_with(' ')) text_.back().text.pop_back();
    return std::move(text_);
  }

 private:
  bool is_contained() const { return citation_.type == "journal" || citation_.type == "conference"; }
  void add(std::string text, Style style = Style::kPlain) {
    if (text.empty()) return;
    if (!text_.empty() && text_.back().style == style) {
      text_.back().text += text;
    } else {
      text_.push_back({std::move(text), style});
    }
  }

  // Authors and year. Without an author the title comes first: true when it did.
  bool begin() {
    const std::string authors = author_list(citation_.authors);
    if (authors.empty()) write_title();
    if (!authors.empty()) add(ended(authors) + ' ');
    add(fmt::format("({}). ", shown_year(citation_, suffix_)));
    return authors.empty();
  }

  // A work that stands alone is set in italics; an edition or number behind its title is not.
  void write_title() {
    if (is_contained()) {
      add(ended(citation_.title) + ' ');
      return;
    }
    const std::size_t open = citation_.title.rfind(" (");
    const std::string tail = open == std::string::npos ? "" : citation_.title.substr(open);
    const bool note = tail.ends_with(" ed.)") || tail.starts_with(" (No.") || tail.starts_with(" (Vol.") ||
                      tail.starts_with(" (Report") || tail.starts_with(" (Publication");
    if (note) {
      add(citation_.title.substr(0, open), Style::kEmphasis);
      add(tail + ". ");
    } else {
      const std::string title = ended(citation_.title);
      add(citation_.title, Style::kEmphasis);
      add(title.substr(citation_.title.size()) + ' ');
    }
  }

  void write_source() {
    if (citation_.source.empty()) return;
    if (is_contained()) {
      write_serial();
      return;
    }
    const bool repeated = citation_.authors.size() == 1 && citation_.authors.front() == citation_.source;
    if (!repeated) add(ended(citation_.source) + ' ');
  }

  void write_serial() {
    const Serial serial = split_serial(citation_.source);
    if (!serial.volume.empty()) {
      add(serial.name + ", " + serial.volume, Style::kEmphasis);
      add(serial.rest.empty() ? ". " : ended(serial.rest) + ' ');
    } else if (citation_.type == "conference") {
      write_proceedings();
    } else {
      add(citation_.source, Style::kEmphasis);
      add(ended(citation_.source).substr(citation_.source.size()) + ' ');
    }
  }

  void write_proceedings() {
    const std::size_t comma = citation_.source.rfind(',');
    const std::string last =
        comma == std::string::npos ? "" : std::string(base::trim(std::string_view(citation_.source).substr(comma + 1)));
    const bool pages = is_page_range(last);
    add("In ");
    add(pages ? citation_.source.substr(0, comma) : citation_.source, Style::kEmphasis);
    add(pages ? fmt::format(" (pp. {}). ", last) : ". ");
  }

  // Legal works begin with their title and end with where they are published, and when.
  void write_law() {
    add(citation_.title);
    if (!citation_.source.empty()) add(", " + citation_.source);
    add(fmt::format(" ({}). ", shown_year(citation_, suffix_)));
  }

  void write_link() {
    const std::string url = citation_.doi.empty() ? citation_.url : doi_url(citation_.doi);
    if (url.empty()) return;
    if (citation_.type == "website" && !citation_.accessed.empty())
      add(fmt::format("Retrieved {}, from ", retrieval_date(citation_.accessed)));
    text_.push_back({url, Style::kPlain, url});
  }

  const Citation& citation_;
  const std::string suffix_;
  Text text_;
};

std::string beginning(const Citation& citation) {
  const bool by_title = citation.type == "law" || citation.authors.empty();
  return base::lower_ascii(by_title ? citation.title : base::join(citation.authors, ", "));
}

// "" for undated works, so that they come first.
std::string year_key(const Citation& citation) {
  return base::lower_ascii(citation.year).starts_with("n.d") ? std::string() : citation.year;
}

bool same_authors_and_year(const Citation& a, const Citation& b) {
  return a.type != "law" && b.type != "law" && !a.authors.empty() && a.authors == b.authors &&
         year_key(a) == year_key(b);
}

}  // namespace

Text format_apa(const Citation& citation, std::string_view suffix) {
  return Entry(citation, suffix).write();
}

std::vector<Text> reference_list(std::vector<Citation> citations) {
  std::ranges::sort(citations, [](const Citation& a, const Citation& b) {
    return std::tuple(beginning(a), year_key(a), base::lower_ascii(a.title)) <
           std::tuple(beginning(b), year_key(b), base::lower_ascii(b.title));
  });
  std::vector<Text> entries;
  std::size_t first = 0;  // of the run of works by the same authors in the same year
  for (std::size_t i = 0; i < citations.size(); ++i) {
    if (!same_authors_and_year(citations[first], citations[i])) first = i;
    const bool more = i + 1 < citations.size() && same_authors_and_year(citations[i], citations[i + 1]);
    const bool one_of_several = (first != i || more) && i - first < 26;
    const std::string suffix = one_of_several ? std::string(1, static_cast<char>('a' + (i - first))) : std::string();
    entries.push_back(format_apa(citations[i], suffix));
  }
  return entries;
}

}  // namespace tollgate::charter
