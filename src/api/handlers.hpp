// What each route does. All of it is thin: decisions are made in engine and session. See routes.cpp for the table.
#pragma once

#include "api/message.hpp"
#include "api/route.hpp"

namespace tollgate::api {

using HandlerResult = boost::asio::awaitable<base::Result<Reply>>;

// session_handlers.cpp
HandlerResult create_session(Service& service, Request request);
HandlerResult list_sessions(Service& service, Request request);
HandlerResult show_session(Service& service, Request request);
HandlerResult delete_session(Service& service, Request request);
HandlerResult run_session(Service& service, Request request);
HandlerResult show_progress(Service& service, Request request);

// answer_handlers.cpp
HandlerResult list_questions(Service& service, Request request);
HandlerResult put_answer(Service& service, Request request);
HandlerResult waive_rule(Service& service, Request request);

// event_handlers.cpp
HandlerResult list_events(Service& service, Request request);
HandlerResult stream_events(Service& service, Request request);

// result_handlers.cpp
HandlerResult list_checkpoints(Service& service, Request request);
HandlerResult fork_checkpoint(Service& service, Request request);
HandlerResult list_findings(Service& service, Request request);
HandlerResult show_decision(Service& service, Request request);
HandlerResult show_charter(Service& service, Request request);

// protocol_handlers.cpp
HandlerResult list_protocols(Service& service, Request request);
HandlerResult show_protocol(Service& service, Request request);

// account_handlers.cpp
HandlerResult sign_in(Service& service, Request request);
HandlerResult sign_out(Service& service, Request request);
HandlerResult show_me(Service& service, Request request);
HandlerResult list_members(Service& service, Request request);
HandlerResult put_member(Service& service, Request request);
HandlerResult delete_member(Service& service, Request request);
HandlerResult list_audit(Service& service, Request request);

// key_handlers.cpp
HandlerResult list_keys(Service& service, Request request);
HandlerResult create_key(Service& service, Request request);
HandlerResult revoke_key(Service& service, Request request);

// usage_handlers.cpp
HandlerResult show_usage(Service& service, Request request);

// gateway_handlers.cpp
HandlerResult complete_openai_chat(Service& service, Request request);
HandlerResult complete_anthropic_chat(Service& service, Request request);
HandlerResult list_models(Service& service, Request request);

// cache_handlers.cpp
HandlerResult purge_cache(Service& service, Request request);

// system_handlers.cpp
HandlerResult is_live(Service& service, Request request);
HandlerResult is_ready(Service& service, Request request);
HandlerResult show_openapi(Service& service, Request request);

}  // namespace tollgate::api
