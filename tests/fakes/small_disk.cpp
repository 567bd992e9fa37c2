#include "tests/fakes/small_disk.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mount.h>

namespace tollgate::fakes {

SmallDisk::SmallDisk(std::size_t bytes) : folder_("/tmp/tollgate-disk-XXXXXX") {
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  is_mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, fmt::format("size={}", bytes).c_str()) == 0;
}

SmallDisk::~SmallDisk() {
  if (is_mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove(folder_, ignored);
}

void SmallDisk::fill() const {
  std::ofstream ballast(folder_ + "/ballast", std::ios::binary | std::ios::app);
  const std::string page(4096, 'x');
  while (ballast.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {}
}

void SmallDisk::clear() const {
  std::filesystem::remove(folder_ + "/ballast");
}

}  // namespace tollgate::fakes
