#include <fmt/format.h>

#include "api/handlers.hpp"
#include "api/request_fields.hpp"
#include "base/json.hpp"

namespace tollgate::api {

using base::Value;

namespace {

Value protocol_view(const protocol::Protocol& protocol) {
  Value::List stages;
  for (const auto& stage : protocol.stages) stages.push_back(Value::Record{{"id", stage.id}, {"title", stage.title}});
  Value::List profiles;
  for (const auto& [profile, rules] : protocol.decisions.profiles) profiles.emplace_back(profile);
  return Value::Record{{"id", protocol.id},
                       {"version", protocol.version},
                       {"title", protocol.title},
                       {"summary", protocol.summary},
                       {"hash", protocol.hash.to_hex()},
                       {"stages", std::move(stages)},
                       {"profiles", std::move(profiles)},
                       {"default_profile", protocol.decisions.default_profile}};
}

}  // namespace

HandlerResult list_protocols(Service& service, const Request&) {
  Value::List views;
  for (const auto& [id, protocol] : service.protocols) views.push_back(protocol_view(*protocol));
  co_return json_reply(Value::Record{{"protocols", std::move(views)}});
}

HandlerResult show_protocol(Service& service, const Request& request) {
  const auto it = service.protocols.find(request.path.at("protocol"));
  if (it == service.protocols.end()) {
    co_return base::fail(base::ErrorCode::kNotFound, "there is no such protocol; GET /api/v1/protocols lists them");
  }
  Value view = protocol_view(*it->second);
  CO_TRY(auto definition, base::parse_json(it->second->canonical));
  view.if_record()->emplace("definition", std::move(definition));
  co_return versioned_reply(request, it->second->hash.to_hex(), view);
}

}  // namespace tollgate::api
