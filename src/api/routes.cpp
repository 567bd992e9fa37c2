#include "api/routes.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "engine/charter_printer.hpp"
#include "session/progress.hpp"

namespace tollgate::api {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Value;

struct Path {
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;
};

Result<Path> parse_target(const std::string& target) {
  const auto url = boost::urls::parse_origin_form(target);
  if (!url) return base::fail(ErrorCode::kInvalidArgument, "the request's target is not a valid path");
  Path path;
  for (const auto segment : url->segments()) path.segments.emplace_back(segment);
  for (const auto parameter : url->params()) path.query[std::string(parameter.key)] = std::string(parameter.value);
  return path;
}

Reply json_reply(Value body) {
  return {200, "application/json", base::to_json(body) + "\n"};
}

Reply problem(const base::Error& error, const Request& request) {
  const int status = base::http_status(error.code);
  return {status, "application/problem+json",
          base::to_json(Value::Record{{"type", "about:blank"},
                                      {"title", base::name(error.code)},
                                      {"status", status},
                                      {"code", base::name(error.code)},
                                      {"detail", error.message},
                                      {"request_id", request.request_id}}) +
              "\n"};
}

Value session_json(const store::SessionRow& row) {
  return Value::Record{{"id", row.id.to_string()},
                       {"title", row.title},
                       {"owner", row.owner},
                       {"protocol", row.protocol_id},
                       {"status", row.status == store::SessionStatus::kDecided ? "decided" : "open"},
                       {"decision", row.decision},
                       {"created_at", base::to_rfc3339(row.created_at)},
                       {"updated_at", base::to_rfc3339(row.updated_at)}};
}

asio::awaitable<Result<Reply>> list_sessions(engine::Engine& engine, Path path) {
  store::SessionFilter filter{.title_contains = path.query["q"], .cursor = path.query["cursor"]};
  if (path.query["status"] == "open") filter.status = store::SessionStatus::kOpen;
  if (path.query["status"] == "decided") filter.status = store::SessionStatus::kDecided;
  if (const auto& limit = path.query["limit"]; !limit.empty()) {
    const auto number = base::Decimal::parse(limit);
    const auto whole = number ? number->to_int64() : std::nullopt;
    if (!whole || *whole < 1 || *whole > 200)
      co_return base::fail(ErrorCode::kInvalidArgument, "`limit` must be a whole number from 1 to 200");
    filter.limit = *whole;
  }
  CO_TRY(const auto page, co_await engine.store().list(std::move(filter)));
  Value::List rows;
  for (const auto& row : page.rows) rows.push_back(session_json(row));
  co_return json_reply(Value::Record{{"sessions", std::move(rows)}, {"next", page.next}});
}

Reply show_session(const engine::LoadedSession& loaded) {
  Value::List stages;
  for (const auto& stage : session::progress_of(*loaded.session)) {
    stages.push_back(Value::Record{{"id", stage.stage},
                                   {"title", stage.title},
                                   {"asked", stage.asked},
                                   {"settled", stage.settled},
                                   {"passed", stage.status == session::StageStatus::kPassed}});
  }
  Value body = session_json(loaded.row);
  body.if_record()->emplace("stages", std::move(stages));
  return json_reply(std::move(body));
}

asio::awaitable<Result<Reply>> one_session(engine::Engine& engine, Path path, std::string version) {
  const auto id = base::SessionId::parse(path.segments[3]);
  if (!id) co_return base::fail(ErrorCode::kNotFound, "there is no such session");
  CO_TRY(const auto loaded, co_await engine.load(*id));
  if (path.segments.size() == 4) co_return show_session(loaded);
  if (path.segments.size() != 5 || path.segments[4] != "charter")
    co_return base::fail(ErrorCode::kNotFound, "there is no such path");
  const std::string name = path.query["format"].empty() ? "html" : path.query["format"];
  const auto format = engine::parse_charter_format(name);
  if (!format) co_return base::fail(ErrorCode::kInvalidArgument, "`format` must be md, html, pdf or json");
  CO_TRY(auto content, engine::print_charter(loaded, *format, version));
  co_return Reply{200, std::string(engine::media_type(*format)), std::move(content)};
}

asio::awaitable<Result<Reply>> health(engine::Engine& engine, Path path) {
  if (path.segments[1] == "live") co_return json_reply(Value::Record{{"status", "ok"}});
  if (path.segments[1] != "ready") co_return base::fail(ErrorCode::kNotFound, "there is no such path");
  CO_TRY(const auto page, co_await engine.store().list({.limit = 1}));
  co_return json_reply(Value::Record{{"status", "ok"}, {"store", "ok"}});
}

asio::awaitable<Result<Reply>> route(engine::Engine& engine, std::string version, Request request) {
  if (request.method != "GET" && request.method != "HEAD")
    co_return base::fail(ErrorCode::kUnsupported,
                         "this version answers GET only; use the command line to change sessions");
  CO_TRY(auto path, parse_target(request.target));
  const auto& segments = path.segments;
  if (segments.size() == 2 && segments[0] == "health") co_return co_await health(engine, path);
  const bool sessions =
      segments.size() >= 3 && segments[0] == "api" && segments[1] == "v1" && segments[2] == "sessions";
  if (sessions && segments.size() == 3) co_return co_await list_sessions(engine, path);
  if (sessions) co_return co_await one_session(engine, path, version);
  co_return base::fail(ErrorCode::kNotFound, "there is no such path; try /api/v1/sessions");
}

}  // namespace

asio::awaitable<Reply> answer(engine::Engine& engine, std::string version, Request request) {
  auto reply = co_await route(engine, std::move(version), request);
  co_return reply ? *std::move(reply) : problem(reply.error(), request);
}

}  // namespace tollgate::api
