// One certificate situation: the files of a leaf Secret and of its CA Secret, as they should be unless a test says
// otherwise.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/policy.hpp"
#include "agent/rules/decode.hpp"
#include "agent/rules/verify.hpp"
#include "tests/support/test_pki.hpp"

namespace pki_world {

using support::Minted;
using support::Recipe;

inline constexpr common::WallTime day(int number) { return support::pki_epoch + std::chrono::hours{24 * number}; }

/// Good until changed: root, a leaf of it for n1.example, both mounted, on day 10.
struct World {
  Minted root = Recipe{"root"}.ca().self_signed();
  Recipe recipe = Recipe{"node"}.dns({"n1.example"});

  model::SecretRole role = model::SecretRole::server;
  std::string cert, key, copy;  ///< "" = made from the recipe; "-" = not there. No copy without being asked for
  std::string ca_file;          ///< "" = root; "-" = not there
  common::WallTime now = day(10);
  model::CertificatePolicy policy{};
  model::Targets targets{
      .names = {}, .required_sans = {"n1.example"}, .required_read_sans = {}, .foreign_sans = {"n2.example"}};
  bool targets_known = true;
  bool settled = true;
  bool rotatable = true, ca_rotatable = true;
  model::Source source = model::Source::mounted;
  std::uint32_t key_mode = 0440, key_uid = 0;
  std::optional<std::uint32_t> cert_uid{};  ///< absent = as the key
  std::vector<model::FileProblem> problems, ca_problems;

  /// Certificate and key of a leaf, followed by `others`.
  void leaf(const Minted& minted, const std::vector<Minted>& others = {});
  /// The leaf of the recipe, issued by `issuer`.
  void issue(const Minted& issuer, const std::vector<Minted>& others = {}) { leaf(recipe.issued_by(issuer), others); }
};

/// The world's Secrets, decoded.
struct Secrets {
  model::Bundle leaf, ca;
};
Secrets decode(World world);

/// Findings of the leaf role and, where it is mounted, of its CA role.
std::vector<model::Finding> judge(const World& world, const Secrets& secrets, model::TlsMode mode, bool ca_mounted,
                                  common::WallTime now);

/// "C:expired W:ca/expires-soon", sorted: what the tables compare.
std::string summary(const std::vector<model::Finding>& findings);

/// A situation and its exact findings by mode. "=" means those of the column before.
struct Situation {
  const char* what;
  void (*arrange)(World&);
  std::string verify_full, verify_ca, require_without_ca;
};
std::vector<Situation> file_situations();
std::vector<Situation> date_situations();
std::vector<Situation> chain_situations();
std::vector<Situation> content_situations();
std::vector<Situation> all_situations();

}  // namespace pki_world
