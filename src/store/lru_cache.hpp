// What was used last, within a bound of bytes that the caller tells. Used by one thread at a time.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <utility>

namespace tollgate::store {

template <typename Key, typename Value>
class LruCache {
 public:
  explicit LruCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Null: not there. Valid until the next put() or erase().
  const Value* find(const Key& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->value;
  }

  // What is larger than a quarter of the bound is not kept, for it would push out too much.
  bool takes(std::size_t bytes) const { return bytes <= max_bytes_ / 4; }

  void put(const Key& key, Value value, std::size_t bytes) {
    erase(key);
    if (!takes(bytes)) return;
    entries_.push_front({key, std::move(value), bytes});
    by_key_[key] = entries_.begin();
    bytes_ += bytes;
    while (bytes_ > max_bytes_) erase(Key(entries_.back().key));
  }

  void erase(const Key& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    bytes_ -= found->second->bytes;
    entries_.erase(found->second);
    by_key_.erase(found);
  }

 private:
  struct Entry {
    Key key;
    Value value;
    std::size_t bytes = 0;
  };

  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // the one used last is first
  std::map<Key, typename std::list<Entry>::iterator> by_key_;
};

}  // namespace tollgate::store
