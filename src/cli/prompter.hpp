// Prints to and reads from a person: wrapped to the terminal's width, coloured where that is wanted, line by line.
//
// Borrows its streams. Everything printed passes printable(). Reading blocks the thread; lines are at most 1 MiB.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::cli {

inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

enum class LineEnd { kNewline, kTooLong, kEndOfInput };

enum class Style { kPlain, kBold, kDim, kGood, kWarn, kBad, kAccent };

struct Screen {
  std::size_t columns = 80;
  bool colour = false;  // ANSI colours, and lines that are written over
  bool echo = false;    // repeat what was read: the input is no terminal
  bool keys = false;    // a person types: pastes are marked, key sequences are dropped
};

class Prompter {
 public:
  Prompter(std::istream& in, std::ostream& out, Screen screen) : in_(in), out_(out), screen_(screen) {}

  void gap();  // one empty line, never two
  void rule(std::string_view title);
  void say(std::string_view text, Style style = Style::kPlain, std::size_t indent = 2);
  // A marker, then text that hangs beside it: "✗ Too short to judge."
  void item(std::string_view marker, std::string_view text, Style style = Style::kPlain, std::size_t indent = 2);
  // A name in a column of its own, then text that hangs beside it.
  void pair(std::string_view name, std::string_view text, std::size_t name_width, Style style = Style::kPlain);
  void table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

  // Shown while something takes its time; gone with the next output. Nothing where lines cannot be written over.
  void busy(std::string_view text);

  // One line without its end, or all the lines of a paste; nullopt when the input has ended. Too long a line is refused
  // and asked for again.
  std::optional<std::string> read(std::string_view prompt);

  std::size_t columns() const;  // for text, at an indent of 2

 private:
  std::string styled(std::string_view text, Style style) const;
  void put(std::string_view line);
  void hang(std::string_view lead, Style lead_style, std::string_view text, Style style, std::size_t indent);
  void clear_busy();
  LineEnd read_typed(std::string& line);

  std::istream& in_;
  std::ostream& out_;
  const Screen screen_;
  bool after_gap_ = true;
  bool is_busy_ = false;
};

}  // namespace tollgate::cli
