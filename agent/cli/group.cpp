// names, lint and render: what follows from a PGDGroup manifest, without a cluster.
#include <algorithm>
#include <iostream>

#include "agent/app/injection_settings.hpp"
#include "agent/app/manifest.hpp"
#include "agent/cli/commands.hpp"
#include "agent/config/effective.hpp"
#include "agent/inject/preview.hpp"
#include "agent/inject/settings.hpp"
#include "agent/pgd/lint.hpp"
#include "agent/pgd/names.hpp"
#include "agent/pgd/objects.hpp"
#include "agent/views/group_report.hpp"

namespace cli {
namespace {

constexpr auto client_common_name = "streaming_replica";

/// Every PGDGroup in the file, or nothing after saying on standard error why not.
struct Loaded {
  std::vector<pgd::Manifest> manifests;
  std::vector<pgd::YamlNode> documents;  ///< of every kind
};
std::optional<Loaded> load(const std::string& what, const std::string& path) {
  const auto text = app::read_manifest_file(path, pgd::one_shot_limits);
  if (!text) {
    fail(what, text.error().message);
    return std::nullopt;
  }
  auto manifests = pgd::read_manifests(*text, pgd::one_shot_limits);
  if (!manifests) {
    const auto& error = manifests.error();
    fail(what, path + ":" + std::to_string(error.at.line) + ":" + std::to_string(error.at.column) + ": " + error.why);
    return std::nullopt;
  }
  if (manifests->empty()) {
    fail(what, path + ": holds no PGDGroup of pgd.k8s.enterprisedb.io");
    return std::nullopt;
  }
  return Loaded{std::move(*manifests), *pgd::read_yaml(*text, pgd::one_shot_limits)};
}

/// Leaves the group of that node alone; false after saying that it is nobody's.
bool narrow(const std::string& what, std::vector<pgd::Manifest>& manifests, const std::string& node) {
  if (node.empty()) return true;
  std::erase_if(manifests, [&](const pgd::Manifest& manifest) {
    const auto nodes = pgd::node_names(manifest);
    return std::find(nodes.begin(), nodes.end(), node) == nodes.end();
  });
  if (!manifests.empty()) return true;
  fail(what, "--node " + node + ": no PGDGroup of the file has that node");
  return false;
}

std::vector<std::string> fqdns(const pgd::Manifest& manifest, const std::string& service) {
  std::vector<std::string> names{pgd::fqdn(service, manifest.primary)};
  for (const auto& entry : manifest.additional) names.push_back(pgd::fqdn(service, entry));
  return names;
}

views::GroupNames report(const pgd::Manifest& manifest, const std::string& only) {
  views::GroupNames group;
  group.group = manifest.name;
  group.ns = manifest.ns;
  group.mode = manifest.mode;
  group.nodes = pgd::node_names(manifest);
  group.discovery = manifest.discovery;
  const auto add = [&](model::NameRole role, const std::string& node, const std::string& object) {
    const auto service = pgd::service_name(role, object);
    group.services.push_back({role, node, service + manifest.primary.host_suffix, fqdns(manifest, service)});
  };
  for (const auto& node : group.nodes) {
    if (!only.empty() && node != only) continue;
    add(model::NameRole::node, node, node);
    group.server_certificates.push_back({node, pgd::certificate_names(manifest, node)});
  }
  add(model::NameRole::group, "", manifest.name);
  if (manifest.has_proxy()) add(model::NameRole::proxy, "", manifest.name);
  if (manifest.has_proxy_read()) add(model::NameRole::proxy_read, "", manifest.name);
  group.client_common_name = client_common_name;
  group.client_secret = manifest.client_secret.empty() ? manifest.replication_secret : manifest.client_secret;
  return group;
}

std::string rendered_config(const pgd::Manifest& manifest, const std::string& node) {
  config::Config config;
  config.group.spelled = pgd::to_group(manifest, node);
  if (manifest.operator_1) config.group.pgd_version = 5;
  return config::differing(config);
}

std::string documents(const std::vector<pgd::YamlNode>& objects) {
  std::string out;
  for (const auto& object : objects) out += "---\n" + pgd::to_yaml(object);
  return out;
}

/// The installation's settings, or nothing after saying on standard error why not.
std::optional<inject::Settings> injection_settings(const Render& options) {
  std::map<std::string, std::string> texts;
  if (!options.settings.empty()) {
    auto read = app::read_injection_settings(options.settings);
    if (!read) {
      fail("render", read.error().message);
      return std::nullopt;
    }
    texts = std::move(*read);
  }
  if (!options.image.empty()) texts["image"] = options.image;
  if (options.settings.empty()) texts.try_emplace("image", "pgd-agent:" + build_info().version);
  std::vector<std::string> problems;
  auto settings = inject::read_settings(texts, problems);
  for (const auto& problem : problems) fail("render", problem);
  if (!problems.empty()) return std::nullopt;
  return settings;
}

int render_sidecar(const Render& options, const std::vector<pgd::Manifest>& manifests) {
  const auto settings = injection_settings(options);
  if (!settings) return 2;
  std::cout << "# What webhook and admission policy add to a node's pod. A preview: do not apply it.\n";
  for (const auto& manifest : manifests) {
    for (const auto& node : pgd::node_names(manifest)) {
      if (!options.node.empty() && node != options.node) continue;
      std::vector<std::string> problems;
      const auto fragment = inject::preview(manifest, node, *settings, build_info().version, problems);
      std::cout << "---\n# node " << node << '\n';
      for (const auto& problem : problems) std::cout << "# warning: " << problem << '\n';
      for (const auto& [annotation, secret] : inject::unmounted(manifest, node, *settings))
        std::cout << "# not mounted; spec.inheritedMetadata.annotations would do it:  " << annotation << ": " << secret
                  << '\n';
      std::cout << pgd::to_yaml(fragment);
    }
  }
  return 0;
}

}  // namespace

int names(const Names& options) {
  auto loaded = load("names", options.group);
  if (!loaded || !narrow("names", loaded->manifests, options.node)) return 2;
  std::vector<views::GroupNames> groups;
  for (const auto& manifest : loaded->manifests) groups.push_back(report(manifest, options.node));
  std::cout << (options.output == Output::json ? views::names_json(groups) : views::names_table(groups, colour()));
  return 0;
}

int lint(const Lint& options) {
  const auto loaded = load("lint", options.group);
  if (!loaded) return 2;
  std::vector<views::LintItem> items;
  for (const auto& found : pgd::lint(loaded->manifests, loaded->documents)) {
    items.push_back(
        {std::string(found.code), found.severity, found.group, found.path, found.line, found.message, found.remedy});
  }
  std::cout << (options.output == Output::json
                    ? views::lint_json(items)
                    : views::lint_table(options.group, loaded->manifests.size(), items, colour()));
  return views::lint_passes(items) ? 0 : 1;
}

int render(const Render& options) {
  auto loaded = load("render", options.group);
  if (!loaded || !narrow("render", loaded->manifests, options.node)) return 2;
  const auto& manifests = loaded->manifests;
  if (options.what == Rendered::config) {
    if (manifests.size() > 1) return fail("render", options.group + ": holds several PGDGroups; name one's --node");
    std::cout << "# Of PGDGroup " << manifests.front().name
              << ", as pgd-agent reads it. group.manifest does the same.\n"
              << rendered_config(manifests.front(), options.node);
    return 0;
  }
  if (options.what == Rendered::sidecar) return render_sidecar(options, manifests);
  std::cout << "# A preview: the PGD operator makes and owns these objects. Do not apply them.\n";
  for (const auto& manifest : manifests) {
    const auto nodes = pgd::node_names(manifest);
    std::cout << documents(options.what == Rendered::services ? pgd::services(manifest, nodes, options.node)
                                                              : pgd::certificates(manifest, nodes, options.node));
  }
  return 0;
}

}  // namespace cli
