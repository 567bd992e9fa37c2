// Accounts, keys and the audit log in the same SQLite file as the sessions.
#pragma once

#include <memory>

#include "store/identity_store.hpp"

namespace tollgate::store {

class SqliteDatabase;

std::unique_ptr<IdentityStore> make_sqlite_identity_store(std::shared_ptr<SqliteDatabase> database);

}  // namespace tollgate::store
