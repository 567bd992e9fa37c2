// Purges of the response cache.
#include <fmt/format.h>

#include "api/handlers.hpp"
#include "api/request_fields.hpp"
#include "base/text.hpp"
#include "llm/router/reply_selection.hpp"

namespace tollgate::api {
namespace {

using base::ErrorCode;

base::Result<llm::ReplySelection> selection_of(const base::Value& body, const std::string& caller) {
  const auto key = body.string_or("key", "");
  const auto model = body.string_or("model", "");
  const auto account = body.string_or("account", "");
  const auto space = body.string_or("namespace", "");
  const bool is_account = !account.empty() || !space.empty();
  if ((key.empty() ? 0 : 1) + (model.empty() ? 0 : 1) + (is_account ? 1 : 0) != 1) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "say one of `key`, `model`, `account`, or `namespace` (with the `account` it is of)");
  }
  if (!key.empty()) return llm::reply_of_key(key);
  if (!space.empty()) return llm::replies_of_namespace(account.empty() ? std::string_view(caller) : account, space);
  if (!account.empty()) return llm::replies_of_account(account);
  const auto target = llm::Target::parse(model);
  if (!target) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("`model` must be PROVIDER/MODEL, not '{}'", base::shortened(model, 100)));
  }
  return llm::replies_of_model(*target);
}

}  // namespace

HandlerResult purge_cache(Service& service, const Request& request) {
  CO_TRY(auto selection, selection_of(body_of(request), request.caller.account));
  if (service.models == nullptr)
    co_return base::fail(ErrorCode::kNotFound, "no model is set up here, so there is no cache of replies");
  CO_TRY_STATUS(co_await service.models->forget(std::move(selection)));
  co_return Reply{.status = 204, .content_type = {}};
}

}  // namespace tollgate::api
