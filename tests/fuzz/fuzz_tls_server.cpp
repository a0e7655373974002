// Any bytes as a server's side of TLS: the client ends, collects a bounded chain and leaves OpenSSL's queue empty.
#include <openssl/err.h>

#include <cstdlib>

#include "agent/sources/tls_client.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  sources::TlsClient client({.server_name = "n1.example", .alpn = true, .identity = nullptr});
  (void)client.handshake();
  client.received({reinterpret_cast<const char*>(data), size});
  client.input_ended();
  if (client.handshake() == sources::TlsClient::Step::wants_input) std::abort();  // there is no more
  if (client.chain_der().size() > 32 || ERR_peek_error() != 0) std::abort();
  return 0;
}
