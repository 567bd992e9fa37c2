// The benchmarks of the PostgreSQL store. Each prints a table to stderr and returns its figures.
#pragma once

#include "base/value.hpp"

namespace tollgate::bench {

base::Value::Record measure_queries();
base::Value::Record measure_pool();
base::Value::Record measure_checkpoints();

}  // namespace tollgate::bench
