// What becomes of single members of a request; whole requests are in the golden files.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "llm/gateway/wire_request.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;

base::Result<std::string> translated(WireFormat from, std::string body) {
  const auto to = from == WireFormat::kOpenAi ? WireFormat::kAnthropic : WireFormat::kOpenAi;
  return write_wire_request({from, std::move(body), {}}, to, "m");
}

base::Result<std::string> with_openai(std::string_view member) {
  return translated(WireFormat::kOpenAi,
                    fmt::format(R"({{"model":"a","messages":[{{"role":"user","content":"Hi"}}],{}}})", member));
}
base::Result<std::string> with_anthropic(std::string_view member) {
  return translated(
      WireFormat::kAnthropic,
      fmt::format(R"({{"model":"a","max_tokens":5,"messages":[{{"role":"user","content":"Hi"}}],{}}})", member));
}
base::Result<std::string> with_openai_messages(std::string_view messages) {
  return translated(WireFormat::kOpenAi, fmt::format(R"({{"model":"a","messages":[{}]}})", messages));
}
base::Result<std::string> with_anthropic_messages(std::string_view messages) {
  return translated(WireFormat::kAnthropic, fmt::format(R"({{"model":"a","max_tokens":5,"messages":[{}]}})", messages));
}

const std::string kPlain = *with_openai(R"("seed":1)");
const std::string kPlainAnthropic = *with_anthropic(R"("top_k":1)");

void expect_error(const base::Result<std::string>& result, ErrorCode code, std::string_view begin) {
  ASSERT_FALSE(result.has_value()) << *result;
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_TRUE(result.error().message.starts_with(begin)) << result.error().message;
}

TEST(TranslatedRequest, WhatChangesNothingIsDropped) {
  for (const auto* member : {R"("store":true)",
                             R"("metadata":{"a":"b"})",
                             R"("service_tier":"flex")",
                             R"("prompt_cache_key":"k")",
                             R"("prompt_cache_retention":"24h")",
                             R"("prediction":{"type":"content","content":"x"})",
                             R"("verbosity":"low")",
                             R"("frequency_penalty":1)",
                             R"("presence_penalty":1)",
                             R"("n":1)",
                             R"("logprobs":false)",
                             R"("top_logprobs":0)",
                             R"("logit_bias":{})",
                             R"("modalities":["text"])",
                             R"("response_format":{"type":"text"})",
                             R"("tools":[])",
                             R"("tool_choice":"auto")",
                             R"("audio":null)",
                             R"("unheard_of":null)",
                             R"("reasoning_effort":"none")",
                             R"("parallel_tool_calls":true)",
                             R"("stream_options":{"include_usage":true})"}) {
    EXPECT_EQ(with_openai(member).value_or("refused"), kPlain) << member;
  }
  for (const auto* member :
       {R"("service_tier":"auto")", R"("cache_control":{"type":"ephemeral"})", R"("context_management":{"edits":[]})",
        R"("mcp_servers":[])", R"("thinking":{"type":"disabled"})", R"("thinking":{"type":"adaptive"})",
        R"("metadata":{})", R"("tools":[])", R"("unheard_of":null)", R"("output_config":{})"}) {
    EXPECT_EQ(with_anthropic(member).value_or("refused"), kPlainAnthropic) << member;
  }
}

TEST(TranslatedRequest, WhatChangesTheMeaningIsRefusedByName) {
  for (const auto* name : {"n", "logit_bias", "logprobs", "top_logprobs", "modalities", "audio", "web_search_options",
                           "functions", "function_call", "unheard_of"}) {
    const std::string_view value = std::string_view(name) == "logit_bias"   ? R"({"50256":-100})"
                                   : std::string_view(name) == "logprobs"   ? "true"
                                   : std::string_view(name) == "modalities" ? R"(["text","audio"])"
                                   : std::string_view(name) == "unheard_of" ? "false"
                                                                            : "2";
    expect_error(with_openai(fmt::format(R"("{}":{})", name, value)), ErrorCode::kUnsupported,
                 fmt::format("{}: the API of this model's provider has nothing like it", name));
  }
  for (const auto* member :
       {R"("container":"c")", R"("inference_geo":"eu")", R"("mcp_servers":[{}])", R"("unheard_of":1)"}) {
    const auto name = std::string_view(member).substr(1, std::string_view(member).find('"', 1) - 1);
    expect_error(with_anthropic(member), ErrorCode::kUnsupported, fmt::format("{}: ", name));
  }
  expect_error(
      translated(WireFormat::kAnthropic, R"({"model":"a","max_tokens":0,"messages":[{"role":"user","content":"Hi"}]})"),
      ErrorCode::kUnsupported, "max_tokens of 0: ");
}

TEST(TranslatedRequest, ToolsOfAServiceAreRefused) {
  expect_error(with_openai(R"("tools":[{"type":"custom","custom":{"name":"x"}}])"), ErrorCode::kUnsupported,
               "tools[0] of type custom: ");
  expect_error(
      with_openai(R"("tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"allowed_tools"})"),
      ErrorCode::kUnsupported, "tool_choice of type allowed_tools: ");
  expect_error(with_anthropic(R"("tools":[{"type":"web_search_20250305","name":"web_search"}])"),
               ErrorCode::kUnsupported, "tools[0] of type web_search_20250305: ");
}

TEST(TranslatedRequest, ToolChoicesMapBothWays) {
  const std::string openai_tools = R"("tools":[{"type":"function","function":{"name":"a"}}],)";
  const std::string anthropic_tools = R"("tools":[{"name":"a","input_schema":{"type":"object"}}],)";
  const std::vector<std::pair<std::string, std::string>> openai_to_anthropic = {
      {R"("tool_choice":"auto")", R"("tool_choice":{"type":"auto"}})"},
      {R"("tool_choice":"none")", R"("tool_choice":{"type":"none"}})"},
      {R"("tool_choice":"none","parallel_tool_calls":false)", R"("tool_choice":{"type":"none"}})"},
      {R"("tool_choice":"required")", R"("tool_choice":{"type":"any"}})"},
      {R"("parallel_tool_calls":false)", R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true}})"},
      {R"("parallel_tool_calls":true)", R"("properties":{}}}]})"},
  };
  for (const auto& [in, out] : openai_to_anthropic) {
    const auto text = with_openai(openai_tools + in);
    ASSERT_TRUE(text.has_value()) << text.error().message;
    EXPECT_TRUE(text->ends_with(out)) << *text;
  }
  const std::vector<std::pair<std::string, std::string>> anthropic_to_openai = {
      {R"("tool_choice":{"type":"auto"})", R"("tool_choice":"auto"})"},
      {R"("tool_choice":{"type":"none"})", R"("tool_choice":"none"})"},
      {R"("tool_choice":{"type":"any"})", R"("tool_choice":"required"})"},
      {R"("tool_choice":{"type":"tool","name":"a"})", R"("tool_choice":{"type":"function","function":{"name":"a"}}})"},
      {R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true})",
       R"("tool_choice":"auto","parallel_tool_calls":false})"},
  };
  for (const auto& [in, out] : anthropic_to_openai) {
    const auto text = with_anthropic(anthropic_tools + in);
    ASSERT_TRUE(text.has_value()) << text.error().message;
    EXPECT_TRUE(text->ends_with(out)) << *text;
  }
}

TEST(TranslatedRequest, EffortsMapBothWays) {
  const auto openai = [](std::string_view level) {
    return *with_openai(fmt::format(R"("reasoning_effort":"{}")", level));
  };
  EXPECT_NE(openai("minimal").find(R"("output_config":{"effort":"low"})"), std::string::npos);
  EXPECT_NE(openai("high").find(R"("output_config":{"effort":"high"})"), std::string::npos);
  EXPECT_NE(openai("xhigh").find(R"("output_config":{"effort":"max"})"), std::string::npos);
  const auto thinking = [](int budget) {
    return *with_anthropic(fmt::format(R"("thinking":{{"type":"enabled","budget_tokens":{}}})", budget));
  };
  EXPECT_NE(thinking(1024).find(R"("reasoning_effort":"low")"), std::string::npos);
  EXPECT_NE(thinking(16384).find(R"("reasoning_effort":"medium")"), std::string::npos);
  EXPECT_NE(thinking(32000).find(R"("reasoning_effort":"high")"), std::string::npos);
  for (const auto* both : {R"("thinking":{"type":"enabled","budget_tokens":1024},"output_config":{"effort":"high"})",
                           R"("output_config":{"effort":"high"},"thinking":{"type":"enabled","budget_tokens":1024})"}) {
    EXPECT_NE(with_anthropic(both)->find(R"("reasoning_effort":"high")"), std::string::npos);
  }
}

TEST(TranslatedRequest, TheBoundOfTheReplyHasTheNameThatTheServerKnows) {
  const WireRequest request{
      WireFormat::kAnthropic, R"({"model":"a","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]})", {}};
  using enum openai::TokenLimit;
  EXPECT_NE(write_wire_request(request, WireFormat::kOpenAi, "m", kMaxTokens)->find(R"("max_tokens":5)"),
            std::string::npos);
  EXPECT_NE(write_wire_request(request, WireFormat::kOpenAi, "m")->find(R"("max_completion_tokens":5)"),
            std::string::npos);
}

TEST(TranslatedRequest, ASchemaThatOpenAiCannotGuaranteeIsNotStrict) {
  const auto strict = [](std::string_view schema) {
    const auto text =
        with_anthropic(fmt::format(R"("output_config":{{"format":{{"type":"json_schema","schema":{}}}}})", schema));
    return text->find(R"("strict":true)") != std::string::npos;
  };
  EXPECT_TRUE(strict(R"({"type":"object","properties":{"a":{}},"required":["a"],"additionalProperties":false})"));
  EXPECT_FALSE(strict(R"({"type":"object","properties":{"a":{}},"required":["a"]})"));
  EXPECT_FALSE(strict(R"({"type":"object","properties":{"a":{}},"additionalProperties":false})"));
  EXPECT_FALSE(strict(R"({"type":"array","items":{"type":"object","properties":{"a":{}}}})"));
  EXPECT_FALSE(strict(R"({"anyOf":[{"type":"string"},{"type":"object","properties":{"a":{}}}]})"));
}

TEST(TranslatedRequest, ContentThatHasNoCounterpartIsRefusedWhereItIs) {
  const std::vector<std::pair<std::string, std::string>> openai = {
      {R"([{"type":"input_audio","input_audio":{}}])", "messages[0].content[0] of type input_audio: "},
      {R"([{"type":"text","text":"a"},{"type":"file","file":{"file_id":"f"}}])", "messages[0].content[1].file: "},
      {R"([{"type":"file","file":{"file_data":"data:text/plain;base64,eA=="}}])", "messages[0].content[0].file: "},
  };
  for (const auto& [content, begin] : openai) {
    expect_error(with_openai_messages(fmt::format(R"({{"role":"user","content":{}}})", content)),
                 ErrorCode::kUnsupported, begin);
  }
  const std::vector<std::pair<std::string, std::string>> anthropic = {
      {R"([{"type":"search_result"}])", "messages[0].content[0] of type search_result: "},
      {R"([{"type":"image","source":{"type":"file","file_id":"f"}}])", "messages[0].content[0].source: "},
      {R"([{"type":"document","source":{"type":"url","url":"https://x"}}])", "messages[0].content[0].source: "},
      {R"([{"type":"tool_result","tool_use_id":"t","content":[{"type":"search_result"}]}])",
       "messages[0].content[0].content[0] of type search_result: "},
  };
  for (const auto& [content, begin] : anthropic) {
    expect_error(with_anthropic_messages(fmt::format(R"({{"role":"user","content":{}}})", content)),
                 ErrorCode::kUnsupported, begin);
  }
  expect_error(with_anthropic_messages(R"({"role":"assistant","content":[{"type":"server_tool_use","id":"x"}]})"),
               ErrorCode::kUnsupported, "messages[0].content[0] of type server_tool_use: ");
  for (const auto* member : {"audio", "function_call"}) {
    expect_error(with_openai_messages(fmt::format(R"({{"role":"assistant","content":"a","{}":{{}}}})", member)),
                 ErrorCode::kUnsupported, fmt::format("messages[0].{}: ", member));
  }
}

TEST(TranslatedRequest, WhatIsNotItsOwnFormatIsAnErrorThatSaysWhere) {
  const std::vector<std::pair<std::string, std::string>> openai = {
      {R"({"role":"robot","content":"a"})", "messages[0].role: "},
      {R"("Hi")", "messages[0].role: "},
      {R"({"role":"user","content":5})", "messages[0].content: "},
      {R"({"role":"user","content":["Hi"]})", "messages[0].content[0]: "},
      {R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]})",
       "messages[0].content[0].image_url.url: "},
      {R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,x"}}]})",
       "messages[0].content[0].image_url.url: "},
      {R"({"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x"}}]})",
       "messages[0].content: "},
      {R"({"role":"tool","content":"a"})", "messages[0].tool_call_id: "},
      {R"({"role":"assistant","tool_calls":5})", "messages[0].tool_calls: "},
      {R"({"role":"assistant","tool_calls":[{"id":"a"}]})", "messages[0].tool_calls[0].function.name: "},
      {R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"a\""}}]})",
       "messages[0].tool_calls[0].function.arguments: "},
      {R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"[]"}}]})",
       "messages[0].tool_calls[0].function.arguments: "},
      {R"({"role":"system","content":"a"})", "messages: "},
      {R"({"role":"user","content":""})", "messages: "},
  };
  for (const auto& [messages, begin] : openai) {
    expect_error(with_openai_messages(messages), ErrorCode::kInvalidArgument, begin);
  }
  const std::vector<std::pair<std::string, std::string>> anthropic = {
      {R"({"role":"system","content":"a"})", "messages[0].role: "},
      {R"({"role":"user"})", "messages[0].content: "},
      {R"({"role":"user","content":["a"]})", "messages[0].content[0]: "},
      {R"({"role":"assistant","content":["a"]})", "messages[0].content[0]: "},
      {R"({"role":"user","content":[{"type":"tool_result"}]})", "messages[0].content[0].tool_use_id: "},
  };
  for (const auto& [messages, begin] : anthropic) {
    expect_error(with_anthropic_messages(messages), ErrorCode::kInvalidArgument, begin);
  }
  expect_error(with_openai(R"("response_format":{"type":"json_schema"})"), ErrorCode::kInvalidArgument,
               "response_format: ");
  expect_error(with_openai(R"("response_format":{"type":"grammar"})"), ErrorCode::kInvalidArgument,
               "response_format: ");
  expect_error(with_openai(R"("tools":{})"), ErrorCode::kInvalidArgument, "tools: ");
  expect_error(with_openai(R"("tools":[{"type":"function"}])"), ErrorCode::kInvalidArgument,
               "tools[0].function.name: ");
  expect_error(with_anthropic(R"("system":5)"), ErrorCode::kInvalidArgument, "system: ");
  expect_error(with_anthropic(R"("system":[{"type":"image"}])"), ErrorCode::kInvalidArgument, "system[0]: ");
  expect_error(with_anthropic(R"("output_config":{"format":{"type":"json_schema"}})"), ErrorCode::kInvalidArgument,
               "output_config: ");
  expect_error(with_anthropic(R"("tools":[{"name":"a"}],"tool_choice":"auto")"), ErrorCode::kInvalidArgument,
               "tool_choice.type: ");
}

TEST(TranslatedRequest, ALongNameOfAMemberIsShortenedInItsError) {
  const auto result = with_openai(fmt::format(R"("{}":1)", std::string(5000, 'x')));
  ASSERT_FALSE(result.has_value());
  EXPECT_LT(result.error().message.size(), 300U);
}

}  // namespace
}  // namespace tollgate::llm
