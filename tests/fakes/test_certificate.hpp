// A self-signed certificate for one DNS name, made on the spot: it is its own authority.
#pragma once

#include <string>

namespace tollgate::fakes {

struct TestCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

TestCertificate make_certificate(const std::string& dns_name);

}  // namespace tollgate::fakes
