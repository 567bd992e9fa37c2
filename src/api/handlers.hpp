// What each route does. All of it is thin: decisions are made in engine and session. See routes.cpp for the table.
#pragma once

#include "api/message.hpp"
#include "api/route.hpp"

namespace tollgate::api {

using HandlerResult = boost::asio::awaitable<base::Result<Reply>>;

// session_handlers.cpp
HandlerResult create_session(Service& service, const Request& request);
HandlerResult list_sessions(Service& service, const Request& request);
HandlerResult show_session(Service& service, const Request& request);
HandlerResult delete_session(Service& service, const Request& request);
HandlerResult run_session(Service& service, const Request& request);
HandlerResult show_progress(Service& service, const Request& request);

// answer_handlers.cpp
HandlerResult list_questions(Service& service, const Request& request);
HandlerResult put_answer(Service& service, const Request& request);
HandlerResult waive_rule(Service& service, const Request& request);

// event_handlers.cpp
HandlerResult list_events(Service& service, const Request& request);
HandlerResult stream_events(Service& service, const Request& request);

// result_handlers.cpp
HandlerResult list_checkpoints(Service& service, const Request& request);
HandlerResult fork_checkpoint(Service& service, const Request& request);
HandlerResult list_findings(Service& service, const Request& request);
HandlerResult show_decision(Service& service, const Request& request);
HandlerResult show_charter(Service& service, const Request& request);

// protocol_handlers.cpp
HandlerResult list_protocols(Service& service, const Request& request);
HandlerResult show_protocol(Service& service, const Request& request);

// account_handlers.cpp
HandlerResult sign_in(Service& service, const Request& request);
HandlerResult sign_out(Service& service, const Request& request);
HandlerResult show_me(Service& service, const Request& request);
HandlerResult list_members(Service& service, const Request& request);
HandlerResult put_member(Service& service, const Request& request);
HandlerResult delete_member(Service& service, const Request& request);
HandlerResult list_audit(Service& service, const Request& request);

// key_handlers.cpp
HandlerResult list_keys(Service& service, const Request& request);
HandlerResult create_key(Service& service, const Request& request);
HandlerResult revoke_key(Service& service, const Request& request);

// usage_handlers.cpp
HandlerResult show_usage(Service& service, const Request& request);

// gateway_handlers.cpp
HandlerResult complete_openai_chat(Service& service, const Request& request);
HandlerResult complete_anthropic_chat(Service& service, const Request& request);
HandlerResult list_models(Service& service, const Request& request);

// cache_handlers.cpp
HandlerResult purge_cache(Service& service, const Request& request);

// system_handlers.cpp
HandlerResult is_live(Service& service, const Request& request);
HandlerResult is_ready(Service& service, const Request& request);
HandlerResult show_openapi(Service& service, const Request& request);

}  // namespace tollgate::api
