// Clients of the gateway and the simulated providers, against each other over a socket: each format to each service,
// whole and streamed.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "llm/anthropic_provider.hpp"
#include "llm/gateway/wire_replay.hpp"
#include "llm/ollama_provider.hpp"
#include "llm/openai_provider.hpp"
#include "net/http_client.hpp"
#include "sim/simulator.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::sim {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Value;
using namespace std::chrono_literals;
using Format = llm::WireFormat;

constexpr std::string_view kSchema =
    R"({"type":"object","properties":{"zone":{"type":"string","enum":["north"]},"age":{"type":"integer","minimum":3,)"
    R"("maximum":3}},"required":["zone","age"],"additionalProperties":false})";

std::string openai_body(std::string_view more) {
  return fmt::format(R"({{"model":"x","messages":[{{"role":"user","content":"Tell me."}}]{}}})", more);
}
std::string anthropic_body(std::string_view more) {
  return fmt::format(R"({{"model":"x","max_tokens":99,"messages":[{{"role":"user","content":"Tell me."}}]{}}})", more);
}

struct Ask {
  std::string plain;
  std::string with_tool;
};
Ask ask(Format format, bool streamed) {
  const std::string stream = streamed ? R"(,"stream":true)" : "";
  if (format == Format::kOpenAi) {
    const auto usage = streamed ? stream + R"(,"stream_options":{"include_usage":true})" : stream;
    return {openai_body(usage),
            openai_body(usage + fmt::format(R"(,"tools":[{{"type":"function","function":{{"name":"first"}}}},)"
                                            R"({{"type":"function","function":{{"name":"locate","parameters":{}}}}}],)"
                                            R"("tool_choice":{{"type":"function","function":{{"name":"locate"}}}})",
                                            kSchema))};
  }
  return {anthropic_body(stream),
          anthropic_body(stream + fmt::format(R"(,"tools":[{{"name":"first","input_schema":{{"type":"object"}}}},)"
                                              R"({{"name":"locate","input_schema":{}}}],)"
                                              R"("tool_choice":{{"type":"tool","name":"locate"}})",
                                              kSchema))};
}

// The name and arguments of the reply's one tool call.
std::string call_of(Format format, std::string_view whole) {
  const auto body = base::parse_json(whole).value();
  if (format == Format::kOpenAi) {
    const auto& choice = body["choices"].if_list()->front();
    EXPECT_EQ(choice.string_or("finish_reason", ""), "tool_calls");
    const auto& function = choice["message"]["tool_calls"].if_list()->front()["function"];
    return fmt::format("{} {}", function.string_or("name", ""), function.string_or("arguments", ""));
  }
  EXPECT_EQ(body.string_or("stop_reason", ""), "tool_use");
  const auto& block = body["content"].if_list()->front();
  return fmt::format("{} {}", block.string_or("name", ""), base::to_json(block["input"]));
}

std::string text_of(Format format, std::string_view whole) {
  const auto body = base::parse_json(whole).value();
  if (format == Format::kOpenAi) {
    return std::string(body["choices"].if_list()->front()["message"].string_or("content", ""));
  }
  return std::string(body["content"].if_list()->front().string_or("text", ""));
}

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() {
    providers_.push_back(llm::make_openai_provider(*client_, {"k", url()}));
    providers_.push_back(llm::make_anthropic_provider(*client_, {"k", url()}));
    providers_.push_back(llm::make_ollama_provider(*client_, {url()}));
  }
  ~GatewayTest() override {
    simulator_->stop();
    EXPECT_TRUE(fakes::run_coroutine(context_, simulator_->join(std::chrono::steady_clock::now() + 5s)).has_value());
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}", simulator_->port()); }

  base::Result<llm::ChatReply> pass_on(llm::Provider& provider, Format format, std::string body, bool streamed,
                                       llm::TextSink on_text = {}) {
    llm::ChatRequest request;
    request.task = llm::Task::kGateway;
    request.model = "sim-fast";
    request.wire = std::make_shared<const llm::WireRequest>(llm::WireRequest{format, std::move(body), {}, streamed});
    return fakes::run_coroutine(context_, provider.complete({}, std::move(request), std::move(on_text)));
  }

  asio::io_context context_{1};
  std::unique_ptr<net::HttpClient> client_ = *net::make_http_client(context_.get_executor(), {});
  std::unique_ptr<Simulator> simulator_ = *make_simulator(context_.get_executor(), {});
  std::vector<std::unique_ptr<llm::Provider>> providers_;
};

TEST_F(GatewayTest, EveryClientGetsTextFromEveryServiceWholeAndStreamed) {
  for (const auto& provider : providers_) {
    for (const auto format : {Format::kOpenAi, Format::kAnthropic}) {
      SCOPED_TRACE(fmt::format("{} {}", provider->name(), static_cast<int>(format)));
      const auto whole = pass_on(*provider, format, ask(format, false).plain, false);
      ASSERT_TRUE(whole.has_value()) << whole.error().message << whole.error().detail;
      EXPECT_EQ(whole->model, "sim-fast");
      EXPECT_EQ(whole->finish, llm::FinishReason::kStop);
      EXPECT_GT(whole->usage.input_tokens, 5);

      std::string heard;
      const auto streamed =
          pass_on(*provider, format, ask(format, true).plain, true, [&](std::string_view frame) { heard += frame; });
      ASSERT_TRUE(streamed.has_value()) << streamed.error().message << streamed.error().detail;
      EXPECT_EQ(streamed->text, heard);
      EXPECT_EQ(streamed->usage.input_tokens, whole->usage.input_tokens);
      EXPECT_EQ(streamed->usage.output_tokens, whole->usage.output_tokens);
      const auto joined = llm::to_whole(format, heard);
      ASSERT_TRUE(joined.has_value()) << joined.error().message;
      EXPECT_GT(text_of(format, whole->text).size(), 20U);
      EXPECT_EQ(text_of(format, *joined), text_of(format, whole->text));
    }
  }
}

TEST_F(GatewayTest, ADemandedToolIsCalledWithArgumentsThatFitItsSchema) {
  for (const auto& provider : providers_) {
    for (const auto format : {Format::kOpenAi, Format::kAnthropic}) {
      SCOPED_TRACE(fmt::format("{} {}", provider->name(), static_cast<int>(format)));
      constexpr std::string_view kCall = R"(locate {"age":3,"zone":"north"})";
      const auto whole = pass_on(*provider, format, ask(format, false).with_tool, false);
      ASSERT_TRUE(whole.has_value()) << whole.error().message << whole.error().detail;
      EXPECT_EQ(call_of(format, whole->text), kCall);
      const auto streamed = pass_on(*provider, format, ask(format, true).with_tool, true);
      ASSERT_TRUE(streamed.has_value()) << streamed.error().message << streamed.error().detail;
      EXPECT_EQ(call_of(format, llm::to_whole(format, streamed->text).value()), kCall);
    }
  }
}

TEST_F(GatewayTest, AnyToolIsTheFirstAndFreedomOfChoiceIsUsedForText) {
  auto& openai = *providers_[0];
  const std::string tools = R"(,"tools":[{"type":"function","function":{"name":"first"}}],"tool_choice":)";
  const auto any = pass_on(openai, Format::kOpenAi, openai_body(tools + R"("required")"), false);
  ASSERT_TRUE(any.has_value());
  EXPECT_TRUE(call_of(Format::kOpenAi, any->text).starts_with("first {"));
  const auto free = pass_on(openai, Format::kOpenAi, openai_body(tools + R"("auto")"), false);
  ASSERT_TRUE(free.has_value());
  EXPECT_GT(text_of(Format::kOpenAi, free->text).size(), 20U);

  auto& anthropic = *providers_[1];
  const auto first = pass_on(
      anthropic, Format::kAnthropic,
      anthropic_body(R"(,"tools":[{"name":"first","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"})"),
      false);
  ASSERT_TRUE(first.has_value());
  EXPECT_TRUE(call_of(Format::kAnthropic, first->text).starts_with("first {"));
}

TEST_F(GatewayTest, AToolThatIsNotDeclaredIsRefusedInTheServicesWords) {
  const auto reply = pass_on(*providers_[0], Format::kOpenAi,
                             openai_body(R"(,"tool_choice":{"type":"function","function":{"name":"gone"}})"), false);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(reply.error().detail.find("there is no tool \"gone\""), std::string::npos) << reply.error().detail;
}

TEST_F(GatewayTest, ArgumentsOfAStreamedCallComeInSeveralPieces) {
  SimulatorConfig config;
  config.token_interval = 10us;
  const auto slow = *make_simulator(context_.get_executor(), config);
  const auto provider = llm::make_openai_provider(*client_, {"k", fmt::format("http://127.0.0.1:{}", slow->port())});
  int pieces = 0;
  const auto reply = pass_on(*provider, Format::kAnthropic, ask(Format::kAnthropic, true).with_tool, true,
                             [&](std::string_view frame) { pieces += frame.contains("input_json_delta") ? 1 : 0; });
  EXPECT_TRUE(reply.has_value());
  EXPECT_GE(pieces, 4);
  slow->stop();
  EXPECT_TRUE(fakes::run_coroutine(context_, slow->join(std::chrono::steady_clock::now() + 5s)).has_value());
}

TEST_F(GatewayTest, ASchemaForTheReplyReachesTheOtherService) {
  const auto openai = openai_body(
      fmt::format(R"(,"response_format":{{"type":"json_schema","json_schema":{{"name":"n","schema":{}}}}})", kSchema));
  const auto anthropic =
      anthropic_body(fmt::format(R"(,"output_config":{{"format":{{"type":"json_schema","schema":{}}}}})", kSchema));
  for (const auto& provider : providers_) {
    const auto first = pass_on(*provider, Format::kOpenAi, openai, false);
    ASSERT_TRUE(first.has_value()) << first.error().detail;
    EXPECT_EQ(text_of(Format::kOpenAi, first->text), R"({"age":3,"zone":"north"})");
    const auto second = pass_on(*provider, Format::kAnthropic, anthropic, false);
    ASSERT_TRUE(second.has_value()) << second.error().detail;
    EXPECT_EQ(text_of(Format::kAnthropic, second->text), R"({"age":3,"zone":"north"})");
  }
}

}  // namespace
}  // namespace tollgate::sim
