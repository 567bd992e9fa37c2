#include <chrono>

#include <fmt/format.h>

#include "api/handlers.hpp"
#include "api/problem.hpp"
#include "api/request_fields.hpp"
#include "api/views.hpp"
#include "base/text.hpp"

namespace tollgate::api {

using base::ErrorCode;
using base::Value;

namespace {

// After that the client gets 202 and follows the session's progress or events.
constexpr std::chrono::seconds kLongestWait{25};

bool wants_async(const Request& request) {
  for (const auto part : base::split(request.header("prefer"), ',')) {
    if (base::lower_ascii(base::trim(part)) == "respond-async") return true;
  }
  return false;
}

// The value is stored by now; when its assessment is there too, the reply is complete.
Reply answer_reply(const session::Session& session, const protocol::Question& question) {
  const bool pending = session.status(question) == session::QuestionStatus::kPending;
  auto reply = json_reply(answer_view(session, question), pending ? 202 : 200);
  reply.headers.emplace_back("ETag", fmt::format("\"{}\"", session.latest(question.name)->revision));
  if (pending) {
    reply.headers.emplace_back("Location", fmt::format("/api/v1/sessions/{}/progress", session.info().id.to_string()));
  }
  return reply;
}

}  // namespace

HandlerResult list_questions(Service& service, const Request& request) {
  co_return co_await session_reply(service, request, [](const engine::LoadedSession& loaded) -> Value {
    return Value::Record{{"questions", questions_view(*loaded.session)}};
  });
}

HandlerResult put_answer(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  CO_TRY(const auto expected, expected_revision(request));
  CO_TRY(auto key, input_key(request, service));
  const auto body = body_of(request);
  const auto& name = request.path.at("question");
  const auto submitted =
      co_await service.engine.submit(id, name, body["value"], request.caller.account, std::move(key), expected);
  if (!submitted) {
    auto reply = problem(submitted.error(), request.request_id);
    if (submitted.error().code == ErrorCode::kConflict && expected) reply.status = 412;
    co_return reply;
  }
  service.signals.notify(id);
  service.live.wake(id);
  const auto revision = *submitted;
  const auto assessed = [name, revision](const session::Session& session) {
    const auto* assessment = session.assessment(name);
    return assessment != nullptr && assessment->revision >= revision;
  };
  if (!wants_async(request)) {
    const auto settled = co_await service.live.settle(id, assessed, kLongestWait);
    if (!settled && settled.error().code != ErrorCode::kTimeout) co_return std::unexpected(settled.error());
  }
  CO_TRY(const auto loaded, co_await service.engine.load(id));
  const auto index = loaded.session->protocol().resolve_question(name);
  co_return answer_reply(*loaded.session, loaded.session->protocol().questions[*index]);
}

HandlerResult waive_rule(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  CO_TRY(auto key, input_key(request, service));
  const auto body = body_of(request);
  const auto role = parse_role(body.string_or("role", "reviewer"));
  if (!role || !request.roles.has(*role)) {
    co_return base::fail(ErrorCode::kForbidden,
                         "`role` must be one that you hold in this session: reviewer, committee");
  }
  session::BriefWaiver waiver{.stage = request.path.at("stage"),
                              .rule = std::string(body.string_or("rule", "")),
                              .role = std::string(name(*role)),
                              .author = request.caller.account,
                              .reason = std::string(body.string_or("reason", ""))};
  if (const auto due = body.string_or("due", ""); !due.empty()) {
    const auto date = base::Date::parse(due);
    if (!date) co_return base::fail(ErrorCode::kInvalidArgument, "`due` must be a date, as YYYY-MM-DD");
    waiver.due = *date;
  }
  CO_TRY_STATUS(co_await service.engine.waive(id, std::move(waiver), std::move(key)));
  service.signals.notify(id);
  service.live.wake(id);
  CO_TRY_STATUS(co_await service.live.settle(id, {}, kLongestWait));
  CO_TRY(const auto loaded, co_await service.engine.load(id));
  co_return json_reply(progress_view(loaded, service.live.state(id)));
}

}  // namespace tollgate::api
