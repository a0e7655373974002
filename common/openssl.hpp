// OpenSSL handles that free themselves, and its error queue as text. Clear before an operation whose failure will be
// explained, take after; a test listener checks that nothing is left in the queue.
#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace common {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};

using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using X509Ref = std::shared_ptr<X509>;  ///< shared between snapshots; treated as immutable
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;
/// The stack only, not the certificates in it.
struct StackDeleter {
  void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};
using X509StackPtr = std::unique_ptr<STACK_OF(X509), StackDeleter>;

void clear_errors();
/// The whole queue, oldest first, joined by "; "; leaves it empty. "" where it was empty.
std::string take_errors();

/// A read-only memory BIO over `bytes`, which must outlive it.
BioPtr memory_bio(std::string_view bytes);

/// Lower-case hexadecimal SHA-256 (64 characters).
std::string sha256_hex(std::string_view bytes);

}  // namespace common
