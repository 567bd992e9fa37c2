// postgres_bench queries | pool | checkpoint: on a PostgreSQL server of its own. The last line is one JSON object.
#include <cstdio>
#include <exception>
#include <string_view>

#include <fmt/format.h>

#include "base/json.hpp"
#include "bench/postgres/benchmarks.hpp"

int main(int count, char** arguments) {
  const std::string_view name = count > 1 ? arguments[1] : "";
  try {
    if (name == "queries")
      fmt::print("{}\n", tollgate::base::to_json(tollgate::bench::measure_queries()));
    else if (name == "pool")
      fmt::print("{}\n", tollgate::base::to_json(tollgate::bench::measure_pool()));
    else if (name == "checkpoint")
      fmt::print("{}\n", tollgate::base::to_json(tollgate::bench::measure_checkpoints()));
    else
      return 2;
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 1;
  }
}
