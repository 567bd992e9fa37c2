// Accounts, keys and the audit log in the same PostgreSQL database as the sessions.
#pragma once

#include <memory>

#include "store/identity_store.hpp"

namespace tollgate::store {

class PostgresDatabase;

std::unique_ptr<IdentityStore> make_postgres_identity_store(std::shared_ptr<PostgresDatabase> database);

}  // namespace tollgate::store
