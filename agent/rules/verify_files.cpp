// Presence of files, their PEM, the private key and the mount.
#include "agent/rules/facts.hpp"
#include "agent/rules/postgres_says.hpp"
#include "agent/rules/verifying.hpp"

namespace rules {
namespace {

using model::Code;
using model::KeyState;
using model::PemEffect;
using model::ReadError;

std::string place(const model::Bundle& bundle) {
  return bundle.directory.empty() ? "the given files" : bundle.directory;
}

std::string why(const model::FileProblem& problem) {
  if (!problem.detail.empty()) return printable(problem.detail);
  switch (problem.error) {
    case ReadError::missing: return "no such file";
    case ReadError::permission: return "permission denied";
    case ReadError::too_large: return "larger than 1 MiB";
    case ReadError::not_a_file: return "not a regular file";
    case ReadError::unstable: return "it kept changing while it was read";
    case ReadError::io: return "input/output error";
  }
  return "unknown error";
}

std::string octal(std::uint32_t mode) {
  std::string text = "0000";
  for (std::size_t i = 4; i-- > 0; mode >>= 3) text[i] = static_cast<char>('0' + (mode & 7));
  return text;
}

/// Of files that Postgres was given, also what it makes of them.
std::string told(const Verifying& verifying, Code code, const std::string& file, const std::string& message,
                 const std::string& joint = "; ") {
  const auto& bundle = verifying.bundle;
  if (bundle.source != model::Source::written) return message + ".";
  const auto refused = refusal(bundle, code, file);
  return refused.empty() ? message + "." : message + joint + consequence(bundle, refused) + ".";
}

void verify_presence(Verifying& verifying, const model::FileProblem& problem) {
  const auto& bundle = verifying.bundle;
  const bool directory = problem.file.empty();
  const bool written = bundle.source == model::Source::written;
  const std::string where = place(bundle);
  const std::string subject = directory ? where : problem.file;
  const std::string what = directory ? "The directory " + where : problem.file + " in " + where;
  const std::string file = !directory ? problem.file : is_ca(bundle.role) ? bundle.names.ca : bundle.names.cert;
  if (problem.error == ReadError::missing) {
    verifying.say(
        Code::missing_file, {}, subject, told(verifying, Code::missing_file, file, what + " is not there"),
        written
            ? "Look at the Cluster's status for why the instance manager has not written it."
            : "Create or complete the Secret, or tell the agent where it is mounted and what its files are called.");
  } else {
    verifying.say(Code::unreadable, {}, subject,
                  told(verifying, Code::unreadable, file, what + " can't be read: " + why(problem),
                       "; where Postgres can't read it either, "),
                  written ? "Let the agent run as the user that owns the file, or replace its content."
                          : "Let the agent's user read the file (fsGroup, defaultMode), or replace its content.");
  }
}

bool readable_by_others(std::uint32_t mode) { return (mode & 0007) != 0; }

void verify_permissions(Verifying& verifying) {
  const auto& bundle = verifying.bundle;
  const std::string fact = bundle.names.key + " in " + place(bundle) + " has mode " + octal(bundle.key_mode & 0777) +
                           " and belongs to user " + std::to_string(bundle.key_uid);
  if (bundle.source == model::Source::mounted && readable_by_others(bundle.key_mode)) {
    verifying.say(Code::key_permissions, {}, bundle.names.key, fact + ", so every user in the container can read it.",
                  "Mount the Secret with defaultMode 0440 and an fsGroup.");
  }
  if (bundle.source != model::Source::written) return;
  const bool owner = refuses_key_owner(bundle);
  if (!owner && !refuses_key_mode(bundle)) return;
  verifying.say(
      Code::key_permissions, {}, bundle.names.key,
      told(verifying, Code::key_permissions, bundle.names.key,
           fact + (owner ? ", not to user " + std::to_string(*bundle.cert_uid) + " as " + bundle.names.cert + " does"
                         : ", which is too open")),
      owner ? "Give the key to the database user or to root."
            : "Set the mode to 0600, or to 0640 where root owns the file.");
}

std::string what_openssl_does(PemEffect effect) {
  switch (effect) {
    case PemEffect::refuses_file: return "OpenSSL takes none of a file with a bad block";
    case PemEffect::passes_over: return "OpenSSL passes this block over and goes on with the next";
    case PemEffect::takes: return "OpenSSL takes the block, but it is not judged here";
  }
  return "";
}

}  // namespace

void verify_files(Verifying& verifying) {
  const auto& bundle = verifying.bundle;
  for (const auto& problem : bundle.file_problems) verify_presence(verifying, problem);
  const std::string main_file = is_ca(bundle.role) ? bundle.names.ca : bundle.names.cert;
  const bool leaf_lost = !is_ca(bundle.role) && !bundle.leaf();
  for (const auto& problem : bundle.pem_problems) {
    // The copy of the CA beside a leaf is read by nobody but us; that it differs is said elsewhere.
    if (problem.file != main_file) continue;
    const std::string number = std::to_string(problem.index + 1);
    const bool taken = problem.effect != PemEffect::refuses_file;
    const std::string message = "Certificate block " + number + " of " + problem.file + ", line " +
                                std::to_string(problem.line) + ", can't be read: " + printable(problem.detail);
    verifying.say(Code::malformed_pem, {.mild = taken && !leaf_lost, .taken = taken}, problem.file + " #" + number,
                  taken ? message + "." : told(verifying, Code::malformed_pem, problem.file, message),
                  "Write the file again from the original certificates; " + what_openssl_does(problem.effect) + ".");
  }
  if (bundle.cert_file_empty) {
    verifying.say(
        Code::no_certificate, {}, main_file,
        told(verifying, Code::no_certificate, main_file, main_file + " in " + place(bundle) + " holds no certificate"),
        "Put the PEM certificate into the Secret under that name.");
  }
  if (!bundle.rotatable && bundle.source == model::Source::mounted) {
    verifying.say(Code::not_rotatable, {}, place(bundle),
                  place(bundle) +
                      " is not a Secret volume that follows changes (no ..data link), so a renewed certificate will "
                      "not arrive here.",
                  "Mount the Secret as a directory, without subPath.");
  }
}

void verify_key(Verifying& verifying) {
  const auto& bundle = verifying.bundle;
  const std::string& file = bundle.names.key;
  switch (bundle.key) {
    case KeyState::absent: return;
    case KeyState::encrypted:
      verifying.say(Code::key_encrypted, {}, file,
                    told(verifying, Code::key_encrypted, file,
                         "The key in " + file + " is protected by a passphrase, which nobody can enter"),
                    "Store the key without a passphrase.");
      break;
    case KeyState::malformed:
      verifying.say(Code::malformed_pem, {}, file,
                    told(verifying, Code::malformed_pem, file,
                         file + " can't be read as a private key: " + printable(bundle.key_detail)),
                    "Write the key again from the original, in PEM.");
      break;
    case KeyState::mismatch:
      if (const auto* leaf = bundle.leaf(); leaf && verifying.input.key_mismatch_settled) {
        verifying.say(Code::key_mismatch, {}, file,
                      told(verifying, Code::key_mismatch, file,
                           "The key in " + file + " does not belong to " + subject_of(*leaf) + " (serial " +
                               leaf->serial + ", " + leaf->key + ") in " + bundle.names.cert),
                      "Issue the pair again, so that key and certificate come from one request.");
      }
      break;
    case KeyState::matches:
    case KeyState::unknown: break;
  }
  verify_permissions(verifying);
}

}  // namespace rules
