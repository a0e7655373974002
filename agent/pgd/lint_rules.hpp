// The rules of lint as one table: code, the gravest it can be, what it means, what to do. Says nothing about when.
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

#include "agent/pgd/lint.hpp"

namespace pgd {

inline constexpr auto critical = model::Severity::critical, warning = model::Severity::warning,
                      info = model::Severity::info;

inline constexpr std::array rules_of_lint{
    // shape
    LintRule{"lint-missing-field", critical,
             "A field is missing that the API server or the operator cannot do without.", "Add the field."},
    LintRule{"lint-empty-field", critical, "A field is there but empty, where a name is needed.", "Fill it in."},
    LintRule{
        "lint-unknown-field", critical,
        "A field that no PGDGroup of operator 1.2 or 2.0 has. Server-side apply and kubectl refuse it; other clients "
        "have it dropped without a word, so that what it says is not done.",
        "Spell the field as the CRD does, or take it out."},
    LintRule{
        "lint-old-spelling", critical,
        "A field where older documents put it. The CRD has it elsewhere; at the old place it is refused or dropped.",
        "Move it to the place that the CRD knows."},
    LintRule{
        "lint-duplicate-key", warning,
        "A key stands twice in one mapping. kubectl takes the last without a word; strict readers refuse the file.",
        "Keep one of the two."},
    LintRule{
        "lint-wrong-type", critical,
        "A value is of another type than the CRD wants, such as a number where a text is needed. Unquoted, YAML reads "
        "digits as a number and yes, no, on, off, y and n as booleans.",
        "Write a value of the type that is wanted; put texts in quotes."},
    LintRule{"lint-unknown-value", critical, "A value is none of those that the field allows.",
             "Take one of the allowed values."},
    LintRule{"lint-out-of-range", critical, "A number lies outside of what the field allows.",
             "Take a number within the bounds."},
    LintRule{
        "lint-mode-required", critical,
        "The TLS mode is written `required`, as documents spell it. The CRD allows verify-ca, verify-full and require.",
        "Write require."},
    LintRule{"lint-template-without-spec", critical,
             "A service template has no spec. Operator 2.x requires one, if an empty one; 1.x does without.",
             "Add `spec: {}`, or what the Service needs."},
    // group
    LintRule{"lint-no-nodes", critical,
             "The group has neither data nodes nor witness nodes. The API server refuses it.",
             "Set instances or witnessInstances to at least 1."},
    LintRule{"lint-mixed-operators", info,
             "The manifest uses fields that only operator 1.x heeds and others that only 2.x has.",
             "Take out the fields of the operator that is not installed."},
    LintRule{
        "lint-group-name", critical,
        "The group's name makes no names of Services and Clusters: those are DNS labels, which begin with a letter and "
        "have no dots and no capitals.",
        "Choose a name of lower case letters, digits and hyphens that begins with a letter."},
    LintRule{
        "lint-node-name-too-long", critical,
        "A node is a Cluster named after the group and its number, and a Cluster's name has at most 50 characters.",
        "Shorten the group's name."},
    LintRule{
        "lint-same-group", critical,
        "Two documents of the file are the same group: same name, same namespace. The later one replaces the other.",
        "Rename one, or give it another namespace."},
    LintRule{"lint-discovery-host", critical,
             "A discovery entry names no host that could be connected to: none at all, or no valid name.",
             "Name the group or node service of a group to join."},
    LintRule{
        "lint-discovery-unusual", info,
        "A discovery host is neither a group's nor a node's service. It may still be right: a load balancer's name.",
        "Check that the host leads to a group or a node, not to a proxy."},
    LintRule{"lint-discovery-own-missing", info,
             "The group's own service is not among its discovery hosts, where a logical join wants every group's.",
             "Add the group's own group service."},
    LintRule{
        "lint-discovery-ssl-files", warning,
        "A discovery entry sets sslkey, sslcert or sslrootcert. The operator does not override them, so the connection "
        "uses other files than the group's certificates.",
        "Take the parameter out."},
    LintRule{"lint-discovery-overridden", info,
             "A discovery entry sets application_name, sslmode, dbname or user, which the operator overrides.",
             "Take the parameter out."},
    // names
    LintRule{"lint-host-suffix", critical,
             "A host suffix has characters that no Service's name can have. With the primary entry's the Services are "
             "refused; an additional one only makes names for certificates and DNS.",
             "Use lower case letters, digits and hyphens, as in \"-dc1\"; put what follows a dot into the domain."},
    LintRule{"lint-domain", critical, "A domain is no valid DNS name, so no name under it resolves or matches.",
             "Write the domain without leading and trailing dots, such as \"dc1.example.com\"."},
    LintRule{
        "lint-cluster-domain", warning,
        "The domain is the cluster's own but not that of the group's namespace, so no Service has a name under it.",
        "Write \"<namespace>.svc.cluster.local\" with the group's namespace."},
    LintRule{"lint-service-name-too-long", critical,
             "A Service's name has at most 63 characters. The API server refuses the Service.",
             "Shorten the group's name or the host suffix."},
    LintRule{
        "lint-name-too-long", critical,
        "An FQDN exceeds 253 characters, or one of its labels 63. No resolver asks for it, no certificate matches it.",
        "Shorten the group's name, the host suffix or the domain."},
    LintRule{"lint-duplicate-entry", warning, "Two DNS entries of the group make the same name.",
             "Take out one entry, or give it another domain or suffix."},
    LintRule{"lint-shared-name", critical, "Two groups have a name in common, so that it cannot lead to both.",
             "Give the groups different names, domains or host suffixes."},
    LintRule{
        "lint-no-domain", critical,
        "The group has no domain, so its nodes are known by bare Service names, which resolve in its namespace only; "
        "yet it works together with groups elsewhere. With verify-full no other name would match either.",
        "Set .spec.connectivity.dns.domain to one that resolves from every group."},
    // services
    LintRule{"lint-label-value", critical,
             "A label's value is no label value: at most 63 letters, digits, hyphens, underscores and dots, with a "
             "letter or "
             "digit at both ends. The API server refuses the object that gets it.",
             "Shorten or change the value, or make it an annotation."},
    LintRule{
        "lint-metadata-key", critical,
        "The key of a label or annotation is no qualified name. The API server refuses the object that gets it.",
        "Write [prefix/]name: a DNS name, a slash, and at most 63 letters, digits, hyphens, underscores and dots."},
    LintRule{
        "lint-unknown-placeholder", critical,
        "A placeholder that this template does not know stays in the text as it is. In a label that is no valid value.",
        "Use the placeholders of this template."},
    LintRule{
        "lint-placeholder-not-expanded", warning,
        "A placeholder stands where none is expanded: that is documented for values of a service template's labels and "
        "annotations only.",
        "Write the name itself, or move it into a label or annotation of a service template."},
    LintRule{"lint-external-dns-label", warning,
             "An ExternalDNS setting is a label. ExternalDNS reads annotations, so it does nothing.",
             "Move it to metadata.annotations."},
    LintRule{
        "lint-published-name", warning,
        "A host name that ExternalDNS is to publish cannot be published, or the server certificate lacks it, so that "
        "clients who verify names refuse the server.",
        "Publish a name of the group's DNS entries, or add it to serverCert.certManager.spec.dnsNames."},
    LintRule{
        "lint-replace-load-balancer", warning,
        "A Service of type LoadBalancer is deleted and made anew with every change, and gets a new address each time.",
        "Use updateStrategy: patch."},
    LintRule{
        "lint-load-balancer-name", warning,
        "A Service is reachable from outside of the cluster, but the server certificate has no name that is valid "
        "there.",
        "Add a domain, a dns.additional entry, or the load balancer's name in serverCert.certManager.spec.dnsNames."},
    LintRule{
        "lint-headless-proxy", warning,
        "A proxy's Service is headless. Clients then get the addresses of pods, keep them after the pods are gone, and "
        "connect to the pod's port.",
        "Leave clusterIP out of proxy templates."},
    LintRule{"lint-service-spec", critical,
             "The spec's fields contradict each other. The API server refuses the Service.",
             "Take out the field that does not go with the others."},
    // certificates
    LintRule{"lint-client-certificate-missing", critical,
             "Nothing provides the certificate of streaming_replica: neither certManager nor preProvisioned is given.",
             "Add clientCert.certManager, or clientCert.preProvisioned.streamingReplica.secretRef."},
    LintRule{"lint-client-certificate-both", warning,
             "Both certManager and preProvisioned are given; which of the two counts is not documented.", "Keep one."},
    LintRule{"lint-duration", critical,
             "The duration is not one that Go reads, which knows hours, minutes and seconds but no days. The API "
             "server takes "
             "it, and then the operator cannot read the group.",
             "Write it in hours, as in \"2160h\" for 90 days."},
    LintRule{"lint-duration-too-short", critical, "cert-manager refuses certificates that live less than an hour.",
             "Ask for at least 1h."},
    LintRule{"lint-renew-before-too-short", critical,
             "cert-manager refuses to renew less than 5 minutes before expiry.",
             "Renew at least 5m before expiry, better a third of the duration."},
    LintRule{"lint-renew-before-too-long", critical,
             "The certificate would be renewed before it is issued. cert-manager refuses it. Without a duration it is "
             "2160h.",
             "Make renewBefore shorter than the duration, or leave it out: then it is a third of the duration."},
    LintRule{
        "lint-usages", critical,
        "The usages lack the one that makes the certificate good for its purpose: \"server auth\" or \"client auth\".",
        "Add the usage, or leave usages out."},
    LintRule{"lint-certificate-is-ca", critical,
             "The certificate is to be a CA. PGD 6's connection manager does not start with such a server certificate.",
             "Leave isCA out."},
    LintRule{
        "lint-client-common-name", warning,
        "The client certificate's common name is not streaming_replica, the user it logs in as. Unless pg_ident maps "
        "that name, every node refuses it.",
        "Leave commonName out."},
    LintRule{"lint-common-name-too-long", critical, "cert-manager refuses common names of more than 64 bytes.",
             "Shorten it, or leave it out: names belong into dnsNames."},
    LintRule{"lint-shared-secret", warning,
             "serverCert.certManager is a template for every node's certificate. A secretName in it is the same for "
             "all, and "
             "their certificates overwrite each other.",
             "Leave secretName out."},
    LintRule{"lint-secret-overwritten", critical,
             "One Secret is to hold two things: a certificate and the CA that signs it, or both certificates.",
             "Give each its own Secret."},
    LintRule{"lint-key-size", critical,
             "cert-manager refuses the key size: RSA has 2048 to 8192 bits, ECDSA 256, 384 or 521.",
             "Leave size out, or take one that goes with the algorithm."},
    LintRule{"lint-issuer-kind", critical, "cert-manager's own issuers are of kind Issuer or ClusterIssuer.",
             "Write Issuer or ClusterIssuer, or the group of the issuer meant."},
    LintRule{"lint-san", critical,
             "A further name of the certificate is none: an invalid DNS name matches nothing, an invalid IP address is "
             "refused by cert-manager.",
             "Write host names in dnsNames, such as \"db.example.com\", and addresses in ipAddresses."},
    LintRule{"lint-redundant-name", info, "A further name is in the certificate already.", "Take it out."},
    LintRule{
        "lint-ca-life", warning,
        "A CA in the same file lives no longer than what it signs. Its certificates outlive it, and connections fail "
        "when it expires.",
        "Let the CA live several times as long as the certificates."},
    LintRule{
        "lint-ca-key-rotation", warning,
        "A CA in the same file gets a new key when it is renewed, the default since cert-manager 1.18. Certificates "
        "signed before are then distrusted, and cert-manager does not issue them anew.",
        "Set privateKey.rotationPolicy: Never on the CA."},
};

/// A rule by its code; a code that is not in the table does not compile.
struct RuleOf {
  std::size_t index = 0;
  consteval RuleOf(const char* code) {  // NOLINT(google-explicit-constructor): written as the code itself
    while (rules_of_lint.at(index).code != code) ++index;
  }
  [[nodiscard]] const LintRule& rule() const { return rules_of_lint.at(index); }
};

}  // namespace pgd
