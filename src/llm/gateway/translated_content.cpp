#include "llm/gateway/translated_content.hpp"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "llm/gateway/request_error.hpp"

namespace tollgate::llm::gateway {
namespace {

struct DataUrl {
  std::string_view media_type;
  std::string_view data;  // base64
};

std::optional<DataUrl> read_data_url(std::string_view url) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kEncoding = ";base64";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  const auto comma = url.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto head = url.substr(0, comma);
  if (!head.ends_with(kEncoding)) return std::nullopt;
  return DataUrl{head.substr(0, head.find(';')), url.substr(comma + 1)};
}

json::object base64_source(const DataUrl& url) {
  return {{"type", "base64"}, {"media_type", url.media_type}, {"data", url.data}};
}

std::string data_url(const json::value& source) {
  return fmt::format("data:{};base64,{}", string_member(source, "media_type"), string_member(source, "data"));
}

base::Result<json::object> to_image_block(const json::value& part, std::string_view path) {
  const auto url = string_member(member(part, "image_url"), "url");
  if (const auto data = read_data_url(url)) {
    return json::object{{"type", "image"}, {"source", base64_source(*data)}};
  }
  if (url.starts_with("https://")) {
    return json::object{{"type", "image"}, {"source", {{"type", "url"}, {"url", url}}}};
  }
  return invalid(fmt::format("{}.image_url.url", path), "must be a data: URL in base64 or an https: URL");
}

base::Result<json::object> to_document_block(const json::value& part, std::string_view path) {
  const auto& file = member(part, "file");
  const auto data = read_data_url(string_member(file, "file_data"));
  if (!data || data->media_type != "application/pdf") return untranslatable(fmt::format("{}.file", path));
  json::object block{{"type", "document"}, {"source", base64_source(*data)}};
  if (const auto name = string_member(file, "filename"); !name.empty()) block["title"] = name;
  return block;
}

base::Result<json::object> to_image_part(const json::value& block, std::string_view path) {
  const auto& source = member(block, "source");
  const auto type = string_member(source, "type");
  std::string url;
  if (type == "base64") {
    url = data_url(source);
  } else if (type == "url") {
    url = string_member(source, "url");
  } else {
    return untranslatable(fmt::format("{}.source", path));
  }
  return json::object{{"type", "image_url"}, {"image_url", {{"url", url}}}};
}

base::Result<json::object> to_file_part(const json::value& block, std::string_view path) {
  const auto& source = member(block, "source");
  const auto type = string_member(source, "type");
  const auto title = string_member(block, "title");
  if (type == "text") {
    return text_part(fmt::format("{}{}{}", title, title.empty() ? "" : "\n", string_member(source, "data")));
  }
  if (type != "base64") return untranslatable(fmt::format("{}.source", path));
  const auto name = title.empty() ? std::string_view("document.pdf") : title;
  return json::object{{"type", "file"}, {"file", {{"filename", name}, {"file_data", data_url(source)}}}};
}

}  // namespace

json::object text_part(std::string_view text) {
  return {{"type", "text"}, {"text", text}};
}

base::Result<json::object> to_anthropic_block(const json::value& part, std::string_view path) {
  const auto type = string_member(part, "type");
  if (type == "text") return text_part(string_member(part, "text"));
  if (type == "image_url") return to_image_block(part, path);
  if (type == "file") return to_document_block(part, path);
  if (type.empty()) return invalid(path, "must be an object with a type");
  return untranslatable(fmt::format("{} of type {}", path, type));
}

base::Result<json::object> to_openai_part(const json::value& block, std::string_view path) {
  const auto type = string_member(block, "type");
  if (type == "text") return text_part(string_member(block, "text"));
  if (type == "image") return to_image_part(block, path);
  if (type == "document") return to_file_part(block, path);
  if (type.empty()) return invalid(path, "must be an object with a type");
  return untranslatable(fmt::format("{} of type {}", path, type));
}

}  // namespace tollgate::llm::gateway
