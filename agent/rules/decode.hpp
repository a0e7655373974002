// Bytes of a Secret to a Bundle: every PEM block looked at, facts taken out, the private key compared and wiped.
// Judges nothing: a bad block is a fact like any other.
#pragma once
#include <string>
#include <vector>

#include "agent/model/pki.hpp"

namespace rules {

/// More certificate blocks of one file than this are not looked at (a PemProblem says so).
inline constexpr int certificates_per_file = 200;

/// Takes the files and wipes what it read. Leaf roles: chain, key, own copy of the CA; CA roles: anchors. A required
/// file (leaf: certificate and key; CA: ca.crt) that is absent without a FileProblem gets one; a leaf role's ca.crt is
/// optional, and problems reading it are dropped. PEM as OpenSSL reads it: text between blocks, CRLF, labels
/// CERTIFICATE, X509 CERTIFICATE and TRUSTED CERTIFICATE; other blocks are passed over. Stricter in one thing: bytes
/// after the DER are an error, as in Go and rustls.
model::Bundle decode(model::SecretFiles files, model::SecretRole role, model::Source source,
                     const model::SecretFileNames& names = {});

/// A chain as served on the wire, leaf first, each in DER; what does not parse is left out (its index stays free).
std::vector<model::CertificateRef> decode_chain(const std::vector<std::string>& der);

}  // namespace rules
