#include "tests/fakes/test_certificate.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace tollgate::fakes {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using MemoryBio = std::unique_ptr<BIO, Deleter<BIO_free>>;

void check(int outcome) {
  if (outcome <= 0) throw std::runtime_error("OpenSSL refused to make a test certificate");
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension) throw std::runtime_error("OpenSSL refused a certificate extension");
  check(X509_add_ext(certificate, extension.get(), -1));
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_ctrl(bio, BIO_CTRL_INFO, 0, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

TestCertificate make_certificate(const std::string& dns_name) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const Certificate certificate(X509_new());
  check(X509_set_version(certificate.get(), 2));
  check(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1));
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  check(X509_set_pubkey(certificate.get(), key.get()));
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  const auto* bytes = reinterpret_cast<const unsigned char*>(dns_name.data());
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, static_cast<int>(dns_name.size()), -1, 0));
  check(X509_set_issuer_name(certificate.get(), name));
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate.get(), NID_subject_alt_name, "DNS:" + dns_name);
  check(X509_sign(certificate.get(), key.get(), EVP_sha256()));

  const MemoryBio certificate_bio(BIO_new(BIO_s_mem()));
  const MemoryBio key_bio(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509(certificate_bio.get(), certificate.get()));
  check(PEM_write_bio_PrivateKey(key_bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr));
  return {text_of(certificate_bio.get()), text_of(key_bio.get())};
}

}  // namespace tollgate::fakes
