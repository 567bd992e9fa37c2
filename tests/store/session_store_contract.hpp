// What every SessionStore and IdentityStore must do, as parameterised suites: a back end instantiates them with a
// factory of its own.
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, SessionStoreContract, testing::Values(&open_temporary_sqlite));
//
// Include it in one source file per test program.
#pragma once

#include "tests/store/contract/contract_fixture.hpp"
#include "tests/store/contract/identity_contract.hpp"
#include "tests/store/contract/input_contract.hpp"
#include "tests/store/contract/lease_contract.hpp"
#include "tests/store/contract/listing_contract.hpp"
#include "tests/store/contract/outcome_contract.hpp"
#include "tests/store/contract/session_contract.hpp"
#include "tests/store/contract/usage_contract.hpp"
