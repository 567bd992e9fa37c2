#include "llm/gateway/passed_request.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "llm/gateway/object_text.hpp"
#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm::gateway {
namespace {

constexpr std::string_view kIncludeUsage = R"("include_usage":true)";
constexpr std::string_view kStreamOptions = R"("stream_options":{"include_usage":true})";

struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

std::string with_edits(std::string_view body, std::vector<Edit> edits) {
  std::ranges::sort(edits, {}, &Edit::begin);
  std::string out;
  std::size_t size = body.size();
  for (const auto& edit : edits) size += edit.text.size();
  out.reserve(size);
  std::size_t at = 0;
  for (const auto& edit : edits) {
    out += body.substr(at, edit.begin - at);
    out += edit.text;
    at = edit.end;
  }
  return out += body.substr(at);
}

base::Result<Edit> replace_model(const ObjectText& body, std::string_view model) {
  const auto count = std::ranges::count(body.members, "model", &ObjectText::Member::name);
  if (count != 1) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      count == 0 ? "model: must be the name of a model" : "model: occurs twice");
  }
  const auto* member = body.find("model");
  return Edit{member->begin, member->end, to_text(json::value(json::string_view(model)))};
}

// Adds a member at the end of an object.
Edit append_member(const ObjectText& object, std::size_t offset, std::string_view member) {
  const auto at = offset + object.close;
  return {at, at, std::string(object.members.empty() ? "" : ",").append(member)};
}

// Without it OpenAI tells nothing of a stream's tokens.
base::Result<std::vector<Edit>> ask_for_usage(const ObjectText& body) {
  const auto* options = body.find("stream_options");
  if (!options) return std::vector{append_member(body, 0, kStreamOptions)};
  if (!body.value(*options).starts_with('{')) {
    return std::vector{Edit{options->begin, options->end, "{" + std::string(kIncludeUsage) + "}"}};
  }
  TRY(const auto object, read_object_text(body.value(*options)));
  const auto* flag = object.find("include_usage");
  if (!flag) return std::vector{append_member(object, options->begin, kIncludeUsage)};
  if (object.value(*flag) == "true") return std::vector<Edit>{};
  return std::vector{Edit{options->begin + flag->begin, options->begin + flag->end, "true"}};
}

}  // namespace

base::Result<std::string> pass_request(const WireRequest& request, std::string_view model) {
  TRY(const auto body, read_object_text(request.body));
  std::vector<Edit> edits;
  if (request.format == WireFormat::kOpenAi && request.streamed) {
    TRY(edits, ask_for_usage(body));
  }
  TRY(auto edit, replace_model(body, model));
  edits.push_back(std::move(edit));
  return with_edits(request.body, std::move(edits));
}

}  // namespace tollgate::llm::gateway
