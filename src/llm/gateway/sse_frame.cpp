#include "llm/gateway/sse_frame.hpp"

#include <string_view>

namespace tollgate::llm::gateway {

void append_frame(std::string& out, const SseEvent& event) {
  if (event.event != "message") {
    out += "event: ";
    out += event.event;
    out += '\n';
  }
  std::string_view rest = event.data;
  while (true) {
    const auto end = rest.find('\n');
    out += "data: ";
    out += rest.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  out += '\n';
}

void append_openai_frame(std::string& out, const json::value& data) {
  out += "data: ";
  append_text(out, data);
  out += "\n\n";
}

void append_anthropic_frame(std::string& out, const json::value& data) {
  out += "event: ";
  out += string_member(data, "type");
  out += '\n';
  append_openai_frame(out, data);
}

}  // namespace tollgate::llm::gateway
