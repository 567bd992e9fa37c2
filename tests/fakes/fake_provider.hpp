// An llm::Provider that replies as a test says. Without a script it judges every answer good, drafts a good value for
// every question and finds no contradiction; what it is asked, it keeps.
//
// Used on the one executor given. `delay` is waited for on a timer of it, so that calls overlap as real ones do.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/json.hpp"
#include "llm/provider.hpp"

namespace tollgate::fakes {

class FakeProvider final : public llm::Provider {
 public:
  struct Judgement {
    int score = 8;
    std::vector<std::string> issues{};
    std::vector<std::string> follow_ups{};
  };

  explicit FakeProvider(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // The script.
  std::map<std::string, std::deque<Judgement>> judgements{};  // by question, one after another, the last one for ever
  std::map<std::string, base::Value> drafts{};                // by question
  std::set<std::string> contradictions{};                     // checks
  std::deque<base::Error> failures{};                         // of the next calls
  std::deque<std::string> texts{};                            // replies of the next calls, word for word
  std::deque<llm::FinishReason> finishes{};                   // of the next calls
  std::chrono::milliseconds delay{0};
  std::function<boost::asio::awaitable<void>(const llm::ChatRequest&)> meanwhile{};  // awaited during each call
  bool throws = false;

  // What happened.
  std::vector<llm::ChatRequest> requests{};
  std::size_t under_way = 0;
  std::size_t most_under_way = 0;

  std::string_view name() const override { return "fake"; }

  boost::asio::awaitable<base::Result<llm::ChatReply>> complete(const net::CallContext&,
                                                                const llm::ChatRequest& request,
                                                                const llm::TextSink&) override {
    requests.push_back(request);
    const Stay stay(*this);
    if (meanwhile) co_await meanwhile(request);
    boost::asio::steady_timer timer(executor_, delay);
    const auto [error] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (error) co_return base::fail(base::ErrorCode::kCancelled, "cancelled");
    if (throws) throw std::runtime_error("the provider broke");
    if (!failures.empty()) {
      auto failure = failures.front();
      failures.pop_front();
      co_return base::fail(std::move(failure));
    }
    llm::ChatReply reply{.text = next_text(request), .usage = {100, 0, 20}, .provider = "fake", .model = request.model};
    if (!finishes.empty()) {
      reply.finish = finishes.front();
      finishes.pop_front();
    }
    co_return reply;
  }

  std::vector<const llm::ChatRequest*> of(llm::Task task) const {
    std::vector<const llm::ChatRequest*> out;
    for (const auto& request : requests) {
      if (request.task == task) out.push_back(&request);
    }
    return out;
  }

  // The questions or checks a reply must cover.
  static std::vector<std::string> subjects(const llm::ChatRequest& request) {
    const auto& properties = request.reply_schema->schema["properties"];
    const char* key = request.task == llm::Task::kAssess  ? "assessments"
                      : request.task == llm::Task::kDraft ? "answers"
                                                          : "checks";
    std::vector<std::string> names;
    if (const auto* members = properties[key]["properties"].if_record()) {
      for (const auto& [name, schema] : *members) names.push_back(name);
    }
    return names;
  }

 private:
  struct Stay {
    explicit Stay(FakeProvider& its_provider) : provider(its_provider) {
      provider.most_under_way = std::max(provider.most_under_way, ++provider.under_way);
    }
    ~Stay() { --provider.under_way; }
    Stay(const Stay&) = delete;
    FakeProvider& provider;
  };

  static base::Value::List list_of(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

  std::string next_text(const llm::ChatRequest& request) {
    if (!texts.empty()) {
      auto text = texts.front();
      texts.pop_front();
      return text;
    }
    switch (request.task) {
      case llm::Task::kAssess: return base::to_json(assessments(request));
      case llm::Task::kDraft: return base::to_json(drafted(request));
      case llm::Task::kFollowUp: return R"({"follow_ups": ["How many litres a day?"]})";
      case llm::Task::kConsistency: return base::to_json(consistency(request));
      case llm::Task::kGateway: return R"({"choices": []})";
    }
    return {};
  }

  base::Value assessments(const llm::ChatRequest& request) {
    base::Value::Record out;
    for (const auto& name : subjects(request)) {
      auto& script = judgements[name];
      const Judgement judged = script.empty() ? Judgement{} : script.front();
      if (script.size() > 1) script.pop_front();
      out.emplace(name, base::Value::Record{{"specificity", judged.score},
                                            {"measurability", judged.score},
                                            {"completeness", judged.score},
                                            {"coherence", judged.score},
                                            {"relevance", judged.score},
                                            {"issues", list_of(judged.issues)},
                                            {"follow_ups", list_of(judged.follow_ups)}});
    }
    return base::Value::Record{{"assessments", std::move(out)}};
  }

  base::Value drafted(const llm::ChatRequest& request) {
    const auto& schemas = request.reply_schema->schema["properties"]["answers"]["properties"];
    base::Value::Record out;
    for (const auto& name : subjects(request)) {
      const auto known = drafts.find(name);
      const auto type = schemas[name].string_or("type", "");
      base::Value value = type == "integer" ? base::Value(42) : base::Value(true);
      if (type == "string") value = "Assumption: 14 households with 38 people draw 4,200 litres a day from this well.";
      out.emplace(name, known == drafts.end() ? value : known->second);
    }
    return base::Value::Record{{"answers", std::move(out)}};
  }

  base::Value consistency(const llm::ChatRequest& request) const {
    base::Value::Record out;
    for (const auto& id : subjects(request)) {
      out.emplace(id,
                  base::Value::Record{{"consistent", !contradictions.contains(id)}, {"explanation", "Both say so."}});
    }
    return base::Value::Record{{"checks", std::move(out)}};
  }

  const boost::asio::any_io_executor executor_;
};

}  // namespace tollgate::fakes
