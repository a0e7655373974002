// Certificates and the Secrets they come from, as facts. Parsing is rules/decode, judging is rules/verify.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/openssl.hpp"
#include "common/secret_bytes.hpp"
#include "common/time.hpp"

namespace model {

enum class SecretRole { server, server_ca, client, client_ca };
inline constexpr std::array all_secret_roles{SecretRole::server, SecretRole::server_ca, SecretRole::client,
                                             SecretRole::client_ca};
constexpr std::string_view name(SecretRole role) {
  switch (role) {
    case SecretRole::server: return "server";
    case SecretRole::server_ca: return "server_ca";
    case SecretRole::client: return "client";
    case SecretRole::client_ca: return "client_ca";
  }
  return "";
}
constexpr bool is_ca(SecretRole role) { return role == SecretRole::server_ca || role == SecretRole::client_ca; }
/// The CA role that a leaf role is judged against.
constexpr SecretRole ca_of(SecretRole role) {
  return role == SecretRole::server || role == SecretRole::server_ca ? SecretRole::server_ca : SecretRole::client_ca;
}

/// Where the material was seen: the agent's mount, the files Postgres was given, the wire.
enum class Source { mounted, written, served };
inline constexpr std::array all_sources{Source::mounted, Source::written, Source::served};
constexpr std::string_view name(Source source) {
  switch (source) {
    case Source::mounted: return "mounted";
    case Source::written: return "written";
    case Source::served: return "served";
  }
  return "";
}

enum class Purpose { server, client };
constexpr std::string_view name(Purpose purpose) { return purpose == Purpose::server ? "server" : "client"; }

enum class Position { leaf, intermediate, anchor };
constexpr std::string_view name(Position position) {
  switch (position) {
    case Position::leaf: return "leaf";
    case Position::intermediate: return "intermediate";
    case Position::anchor: return "anchor";
  }
  return "";
}

/// One certificate: the facts that are shown, and the parsed certificate that is judged.
struct Certificate {
  Position position = Position::leaf;
  int index = 0;                   ///< number among the certificate blocks of its file, good or bad, from 0
  std::string subject;             ///< RFC 2253, at most 200 bytes, control characters escaped
  std::string issuer;              ///< likewise
  std::string common_name;         ///< first CN, may hold any character
  std::string serial;              ///< lower-case hexadecimal, no separators
  std::string fingerprint_sha256;  ///< lower-case hexadecimal
  common::WallTime not_before{};
  common::WallTime not_after{};
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  bool is_ca = false;            ///< basicConstraints CA:TRUE (or a v1 self-signed certificate)
  bool self_issued = false;      ///< subject equals issuer
  std::string key;               ///< "RSA 2048", "EC P-256", "Ed25519"
  std::string signature;         ///< "sha256WithRSAEncryption"
  std::string subject_key_id;    ///< hexadecimal, "" where absent
  std::string authority_key_id;  ///< hexadecimal, "" where absent
  common::X509Ref x509;          ///< never null
};
using CertificateRef = std::shared_ptr<const Certificate>;

/// How the files of a Secret are called in its directory.
struct SecretFileNames {
  std::string cert = "tls.crt";
  std::string key = "tls.key";
  std::string ca = "ca.crt";
  friend bool operator==(const SecretFileNames&, const SecretFileNames&) = default;
};

/// Bytes read from one Secret directory in one generation: no judgement. An absent optional is a file that is not
/// there.
struct SecretFile {
  std::string bytes;
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
};
struct SecretKeyFile {
  common::SecretBytes bytes;
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
};

/// Why a file of a Secret could not be had. `read_error` is the metric's closed list of reasons.
enum class ReadError { missing, permission, too_large, not_a_file, unstable, io };
inline constexpr std::array all_read_errors{ReadError::missing,    ReadError::permission, ReadError::too_large,
                                            ReadError::not_a_file, ReadError::unstable,   ReadError::io};
constexpr std::string_view name(ReadError error) {
  switch (error) {
    case ReadError::missing: return "missing";
    case ReadError::permission: return "permission";
    case ReadError::too_large: return "too_large";
    case ReadError::not_a_file: return "not_a_file";
    case ReadError::unstable: return "unstable";
    case ReadError::io: return "io";
  }
  return "";
}
struct FileProblem {
  std::string file;  ///< name in the directory, or "" for the directory itself
  ReadError error = ReadError::io;
  std::string detail;
};

/// One generation of a Secret directory. Move only, because of the key.
struct SecretFiles {
  std::string directory;
  std::string generation;          ///< target of `..data`, "" where there is none
  std::optional<SecretFile> cert;  ///< leaf roles: tls.crt
  std::optional<SecretKeyFile> key;
  std::optional<SecretFile> ca;  ///< ca.crt: the anchors of a CA role, the issuer's copy in a leaf role
  std::vector<FileProblem> problems;
  std::string content_hash;       ///< SHA-256 over names, modes and bytes of what was read and over the problems
  bool rotatable = true;          ///< false: a subPath mount or plain files that kubelet never updates
  common::WallTime changed_at{};  ///< ctime of the generation's directory: when the new version appeared
};

/// What OpenSSL, hence Postgres, makes of a block that has a problem.
enum class PemEffect {
  refuses_file,  ///< nothing of the file is taken
  passes_over,   ///< goes on as if the block were not there
  takes          ///< takes the block; it is we who can't judge it
};
/// One bad block; good ones beside it are kept.
struct PemProblem {
  std::string file;
  int index = 0;  ///< number among the certificate blocks, from 0
  int line = 0;   ///< of its BEGIN line, from 1
  std::string detail;
  PemEffect effect = PemEffect::refuses_file;
};

/// What the private key is to the leaf. `unknown`: no leaf to compare with.
enum class KeyState { absent, matches, mismatch, encrypted, malformed, unknown };

/// A decoded Secret: everything the judgement needs and nothing secret. Immutable and shared.
struct Bundle {
  SecretRole role = SecretRole::server;
  Source source = Source::mounted;
  std::string directory;
  SecretFileNames names;                ///< what findings call the files
  std::vector<CertificateRef> chain;    ///< leaf roles: leaf first, then what follows it in tls.crt; empty for CA roles
  std::vector<CertificateRef> anchors;  ///< CA roles: every certificate of ca.crt; leaf roles: their own copy of it
  std::vector<FileProblem> file_problems;
  std::vector<PemProblem> pem_problems;
  bool cert_file_empty = false;  ///< the file is there but holds no certificate block
  KeyState key = KeyState::absent;
  std::uint32_t key_mode = 0;
  std::uint32_t key_uid = 0;
  std::optional<std::uint32_t> cert_uid{};  ///< owner of the certificate's file; absent without one
  std::string key_fingerprint;  ///< SHA-256 of the public half (SPKI), to tell whether a rotation changed the key
  std::string key_detail;       ///< why malformed, never key bytes
  bool rotatable = true;
  std::string content_hash;
  std::string generation;
  common::WallTime changed_at{};

  /// Null also where the first block of tls.crt is the bad one: what follows it is not the leaf.
  [[nodiscard]] const Certificate* leaf() const {
    return chain.empty() || chain.front()->position != Position::leaf ? nullptr : chain.front().get();
  }
  /// There is material: a leaf, or for CA roles an anchor.
  [[nodiscard]] bool loaded() const { return is_ca(role) ? !anchors.empty() : !chain.empty(); }
};
using BundleRef = std::shared_ptr<const Bundle>;

enum class DetectedBy { inotify, poll };
inline constexpr std::array all_detected_by{DetectedBy::inotify, DetectedBy::poll};
constexpr std::string_view name(DetectedBy by) { return by == DetectedBy::inotify ? "inotify" : "poll"; }

/// A secret and what has been observed of it. Immutable once published.
struct SecretObservation {
  SecretRole role = SecretRole::server;
  Source source = Source::mounted;
  std::string directory;
  BundleRef bundle;  ///< null until first read
  BundleRef before;  ///< what the last rotation replaced; null where none was seen
  common::WallTime last_read{};
  bool watch_active = false;  ///< inotify works on the directory
  std::string watch_problem;  ///< why not ("" while active)
  std::optional<common::WallTime> last_rotation{};
  std::array<std::uint64_t, all_detected_by.size()> rotations{};
  std::array<std::uint64_t, all_read_errors.size()> read_errors{};
  std::optional<common::WallTime> mismatch_since{};  ///< key and certificate differ since; for the debounce
  int mismatch_reads = 0;                            ///< reads that saw it
};

}  // namespace model
