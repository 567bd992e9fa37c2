// The routes with accounts in use: requests as somebody.
#pragma once

#include "api/credentials.hpp"
#include "api/passwords.hpp"
#include "tests/api/api_fixture.hpp"

namespace tollgate::test {

class AccountsTest : public ApiTest {
 protected:
  AccountsTest() : ApiTest(Users::kAccounts) {}

  // A key of a new account with this role.
  std::string key_of(const std::string& account, const std::string& role, const std::string& scopes = "read,write") {
    save_account(account, role);
    return new_key(account, scopes);
  }
  void save_account(const std::string& name, const std::string& role, std::string password_hash = {}) {
    EXPECT_TRUE(run(identities_->save_account({name, role, std::move(password_hash), clock_.now(), false})));
  }
  std::string new_key(const std::string& account, const std::string& scopes = "read,write",
                      std::optional<base::Timestamp> end = {}) {
    const auto secret = api::make_api_key();
    EXPECT_TRUE(run(identities_->save_key({.id = secret.id,
                                           .secret = api::hash_of(secret.text),
                                           .account = account,
                                           .label = {},
                                           .scopes = scopes,
                                           .created_at = clock_.now(),
                                           .expires_at = end})));
    return secret.text;
  }

  api::Reply send_as(const std::string& key, std::string method, std::string target, std::string body = {},
                     api::StringMap headers = {}) {
    headers.emplace("authorization", "Bearer " + key);
    return send(std::move(method), std::move(target), std::move(body), std::move(headers));
  }
  std::string create_as(const std::string& key) {
    const auto reply = send_as(key, "POST", "/api/v1/sessions", R"({"title":"A well","protocol":"well"})");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return "/api/v1/sessions/" + std::string(json(reply).string_or("id", ""));
  }
};

}  // namespace tollgate::test
