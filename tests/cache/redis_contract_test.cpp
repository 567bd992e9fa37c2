#include "tests/cache/byte_cache_contract.hpp"
#include "tests/cache/redis_node.hpp"
#include "tests/fakes/redis_server.hpp"

namespace tollgate::cache {
namespace {

class NodeBench : public CacheBench {
 public:
  NodeBench() : node_(context, clock, server().url()) {
    server().execute({"FLUSHALL"});
    node_.connect();
  }
  void settle() override { node_.settle(); }

 protected:
  static fakes::RedisServer& server() {
    static fakes::RedisServer one;
    return one;
  }

  RedisNode node_;
};

class RedisBench final : public NodeBench {
 public:
  ByteCache& cache() override { return node_.redis; }
};

class TieredBench final : public NodeBench {
 public:
  TieredBench() { node_.follow(); }
  ByteCache& cache() override { return node_.tiered; }
};

// So that memory is filled and emptied, but never trusted.
class DeafTieredBench final : public NodeBench {
 public:
  ByteCache& cache() override { return node_.tiered; }
};

template <typename Bench>
std::unique_ptr<CacheBench> make() {
  return std::make_unique<Bench>();
}

INSTANTIATE_TEST_SUITE_P(Redis, ByteCacheContract, testing::Values(&make<RedisBench>));
INSTANTIATE_TEST_SUITE_P(Tiered, ByteCacheContract, testing::Values(&make<TieredBench>));
INSTANTIATE_TEST_SUITE_P(TieredWithoutFeed, ByteCacheContract, testing::Values(&make<DeafTieredBench>));

}  // namespace
}  // namespace tollgate::cache
