// A file system with little room, in memory, which a test can fill. Only root may make one.
#pragma once

#include <cstddef>
#include <string>

namespace tollgate::fakes {

class SmallDisk {
 public:
  explicit SmallDisk(std::size_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_there() const { return is_mounted_; }  // false: not allowed here
  const std::string& folder() const { return folder_; }
  void fill() const;  // to the last byte
  void clear() const;

 private:
  std::string folder_;
  bool is_mounted_ = false;
};

}  // namespace tollgate::fakes
