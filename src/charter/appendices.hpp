// The letters of a charter's appendices, given in the order in which they are written.
#pragma once

#include <string>
#include <string_view>

namespace tollgate::charter {

class Appendices {
 public:
  // "Appendix A: All answers"
  std::string next(std::string_view title) { return std::string("Appendix ") + letter_++ + ": " + std::string(title); }

 private:
  char letter_ = 'A';
};

}  // namespace tollgate::charter
