#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "llm/gateway/wire_facts.hpp"
#include "llm/gateway/wire_request.hpp"

namespace tollgate::llm {
namespace {

std::string passed(std::string body, std::string_view model = "new", WireFormat format = WireFormat::kOpenAi,
                   bool streamed = false) {
  const auto text = write_wire_request({format, std::move(body), {}, streamed}, format, model);
  return text ? *text : text.error().message;
}

std::string streamed(std::string body) {
  return passed(std::move(body), "new", WireFormat::kOpenAi, true);
}

TEST(PassedRequest, OnlyTheValueOfModelChanges) {
  EXPECT_EQ(passed(R"({"model":"old","messages":[]})"), R"({"model":"new","messages":[]})");
  EXPECT_EQ(passed(" {\n\t\"model\" :\r\n \"old\" , \"z\":1.50, \"a\":1e3,\"u\":\"\\u00e9\"}\n"),
            " {\n\t\"model\" :\r\n \"new\" , \"z\":1.50, \"a\":1e3,\"u\":\"\\u00e9\"}\n");
  EXPECT_EQ(passed(R"({"messages":[],"model":"old"})", "a \"quoted\"\\ name"),
            R"({"messages":[],"model":"a \"quoted\"\\ name"})");
}

TEST(PassedRequest, OtherPlacesThatSayModelAreLeftAlone) {
  const std::vector<std::string> before = {
      R"({"messages":[{"content":"\"model\":\"old\""}],"model":"old"})",
      R"({"metadata":{"model":"old","x":[{"model":"old"}]},"model":"old"})",
      R"({"text":"a \\","model":"old"})",
      R"({"text":"a \\\" , \"model\":\"x\" {[","model":"old","tail":"]}"})",
      R"({"Model":"old","model ":"old","model":"old"})",
      R"({"a":["model",":","old"],"mod\u0065l":"old"})",
      R"({"\u006dodel":"old","\\u006dodel":1})",
      R"({"":{"":""},"model":"old","":[]})",
  };
  const std::vector<std::string> after = {
      R"({"messages":[{"content":"\"model\":\"old\""}],"model":"new"})",
      R"({"metadata":{"model":"old","x":[{"model":"old"}]},"model":"new"})",
      R"({"text":"a \\","model":"new"})",
      R"({"text":"a \\\" , \"model\":\"x\" {[","model":"new","tail":"]}"})",
      R"({"Model":"old","model ":"old","model":"new"})",
      R"({"a":["model",":","old"],"mod\u0065l":"new"})",
      R"({"\u006dodel":"new","\\u006dodel":1})",
      R"({"":{"":""},"model":"new","":[]})",
  };
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(passed(before[i]), after[i]);
}

TEST(PassedRequest, AModelThatIsMissingOrTwiceThereIsAnError) {
  EXPECT_EQ(passed(R"({"messages":[]})"), "model: must be the name of a model");
  EXPECT_EQ(passed("{}"), "model: must be the name of a model");
  EXPECT_EQ(passed(R"({"model":"a","mod\u0065l":"b"})"), "model: occurs twice");
}

TEST(PassedRequest, TextThatIsNoObjectIsRefused) {
  for (const auto* body : {"", "[", "{", R"({"model")", R"({"model":)", R"({"model":"x)", R"({"model":"x")",
                           R"({"model":"x",)", R"({"model":"x"]})", R"({"a":[,"model":"x"})", R"({"\u00zz":1})"}) {
    EXPECT_TRUE(passed(body).starts_with("the body is no JSON object at byte") || passed(body) == "not JSON")
        << body << ": " << passed(body);
  }
}

TEST(PassedRequest, AStreamOfOpenAisIsAskedForItsUsage) {
  EXPECT_EQ(streamed(R"({"model":"old","stream":true})"),
            R"({"model":"new","stream":true,"stream_options":{"include_usage":true}})");
  EXPECT_EQ(streamed(R"({"stream_options":null,"model":"old"} )"),
            R"({"stream_options":{"include_usage":true},"model":"new"} )");
  EXPECT_EQ(streamed(R"({"stream_options":{ },"model":"old"})"),
            R"({"stream_options":{ "include_usage":true},"model":"new"})");
  EXPECT_EQ(streamed(R"({"stream_options":{"include_obfuscation":false},"model":"old"})"),
            R"({"stream_options":{"include_obfuscation":false,"include_usage":true},"model":"new"})");
  EXPECT_EQ(streamed(R"({"stream_options":{"include_usage": false, "x":1},"model":"old"})"),
            R"({"stream_options":{"include_usage": true, "x":1},"model":"new"})");
  EXPECT_EQ(streamed(R"({"model":"old","stream_options":{"include_usage":true}})"),
            R"({"model":"new","stream_options":{"include_usage":true}})");
}

TEST(PassedRequest, NothingIsAddedForAnthropic) {
  EXPECT_EQ(passed(R"({"model":"old","stream":true})", "new", WireFormat::kAnthropic, true),
            R"({"model":"new","stream":true})");
}

}  // namespace
}  // namespace tollgate::llm
