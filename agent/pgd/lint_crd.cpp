#include "agent/pgd/lint_crd.hpp"

#include <array>

namespace pgd {
namespace {

using enum Shape;
using Texts = std::string_view;

constexpr long long largest_int32 = 2'147'483'647, largest_port = 65'535, longest_affinity = 86'400;

// What the CRDs enumerate, and where they take any text what core/v1 Service and cert-manager do.
constexpr std::array<Texts, 3> modes{"verify-ca", "verify-full", "require"};
constexpr std::array<Texts, 2> strategies{"patch", "replace"};
constexpr std::array<Texts, 2> join_methods{"logical", "physical"};
constexpr std::array<Texts, 3> algorithms{"RSA", "ECDSA", "Ed25519"};
constexpr std::array<Texts, 2> encodings{"PKCS1", "PKCS8"};
constexpr std::array<Texts, 2> rotations{"Never", "Always"};
constexpr std::array<Texts, 4> service_types{"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"};
constexpr std::array<Texts, 2> policies{"Cluster", "Local"};
constexpr std::array<Texts, 2> affinities{"None", "ClientIP"};
constexpr std::array<Texts, 2> families{"IPv4", "IPv6"};
constexpr std::array<Texts, 3> family_policies{"SingleStack", "PreferDualStack", "RequireDualStack"};
constexpr std::array<Texts, 3> protocols{"TCP", "UDP", "SCTP"};
constexpr std::array<Texts, 23> usages{"signing",
                                       "digital signature",
                                       "content commitment",
                                       "key encipherment",
                                       "key agreement",
                                       "data encipherment",
                                       "cert sign",
                                       "crl sign",
                                       "encipher only",
                                       "decipher only",
                                       "any",
                                       "server auth",
                                       "client auth",
                                       "code signing",
                                       "email protection",
                                       "s/mime",
                                       "ipsec end system",
                                       "ipsec tunnel",
                                       "ipsec user",
                                       "timestamping",
                                       "ocsp signing",
                                       "microsoft sgc",
                                       "netscape sgc"};

constexpr Field one_of(Texts name, std::span<const Texts> allowed) { return {name, text, false, nullptr, allowed}; }
constexpr Field number(Texts name, long long least, long long most) {
  return {name, integer, false, nullptr, {}, least, most};
}
constexpr Field part(Texts name, const Object& of, bool required = false) { return {name, object, required, &of}; }
constexpr Field parts(Texts name, const Object& of) { return {name, objects, false, &of}; }
constexpr Field needed(Texts name) { return {name, text, true}; }
constexpr Field other(Texts name) { return {name, any}; }
constexpr Field moved(Texts name, Texts to) {
  Field field{name};
  field.moved_to = to;
  return field;
}

constexpr std::array<Field, 2> dns_entry_fields{{{"domain"}, {"hostSuffix"}}};
constexpr Object dns_entry{dns_entry_fields};
constexpr std::array dns_fields{Field{"domain"}, Field{"hostSuffix"}, parts("additional", dns_entry)};
constexpr Object dns{dns_fields};

constexpr std::array<Field, 2> metadata_fields{{{"labels", text_map}, {"annotations", text_map}}};
constexpr Object metadata{metadata_fields};

constexpr std::array port_fields{Field{"name"},
                                 one_of("protocol", protocols),
                                 Field{"port", integer, true, nullptr, {}, 1, largest_port},
                                 Field{"targetPort", integer_or_text},
                                 number("nodePort", 0, largest_port),
                                 Field{"appProtocol"}};
constexpr Object port{port_fields};
constexpr std::array client_ip_fields{number("timeoutSeconds", 1, longest_affinity)};
constexpr Object client_ip{client_ip_fields};
constexpr std::array affinity_config_fields{part("clientIP", client_ip)};
constexpr Object affinity_config{affinity_config_fields};
constexpr std::array service_fields{one_of("type", service_types),
                                    Field{"clusterIP"},
                                    Field{"clusterIPs", texts},
                                    parts("ports", port),
                                    Field{"selector", text_map},
                                    Field{"publishNotReadyAddresses", boolean},
                                    Field{"externalIPs", texts},
                                    Field{"externalName"},
                                    one_of("externalTrafficPolicy", policies),
                                    one_of("internalTrafficPolicy", policies),
                                    number("healthCheckNodePort", 0, largest_port),
                                    Field{"ipFamilies", texts, false, nullptr, families},
                                    one_of("ipFamilyPolicy", family_policies),
                                    Field{"allocateLoadBalancerNodePorts", boolean},
                                    Field{"loadBalancerClass"},
                                    Field{"loadBalancerIP"},
                                    Field{"loadBalancerSourceRanges", texts},
                                    one_of("sessionAffinity", affinities),
                                    part("sessionAffinityConfig", affinity_config),
                                    Field{"trafficDistribution"}};
constexpr Object service{service_fields};
// That spec is required is a rule of its own: 1.x does without.
constexpr std::array template_fields{part("metadata", metadata), part("spec", service),
                                     one_of("updateStrategy", strategies)};
constexpr Object service_template{template_fields};

constexpr std::array issuer_fields{needed("name"), Field{"kind"}, Field{"group"}};
constexpr Object issuer{issuer_fields};
constexpr std::array password_fields{needed("name"), Field{"key"}};
constexpr Object password{password_fields};
constexpr std::array keystore_fields{Field{"create", boolean, true}, part("passwordSecretRef", password, true)};
constexpr Object keystore{keystore_fields};
constexpr std::array keystores_fields{part("jks", keystore), part("pkcs12", keystore)};
constexpr Object keystores{keystores_fields};
constexpr std::array private_key_fields{one_of("algorithm", algorithms), one_of("encoding", encodings),
                                        one_of("rotationPolicy", rotations), Field{"size", integer}};
constexpr Object private_key{private_key_fields};
constexpr std::array<Field, 8> subject_fields{{{"countries", texts},
                                               {"localities", texts},
                                               {"organizationalUnits", texts},
                                               {"organizations", texts},
                                               {"postalCodes", texts},
                                               {"provinces", texts},
                                               {"serialNumber"},
                                               {"streetAddresses", texts}}};
constexpr Object subject{subject_fields};
constexpr std::array certificate_fields{part("issuerRef", issuer, true),
                                        Field{"dnsNames", texts},
                                        Field{"duration"},
                                        Field{"renewBefore"},
                                        Field{"usages", texts, false, nullptr, usages},
                                        part("privateKey", private_key),
                                        Field{"commonName"},
                                        Field{"secretName"},
                                        Field{"isCA", boolean},
                                        part("subject", subject),
                                        Field{"ipAddresses", texts},
                                        Field{"uris", texts},
                                        Field{"emailAddresses", texts},
                                        part("keystores", keystores),
                                        Field{"encodeUsagesInRequest", boolean},
                                        number("revisionHistoryLimit", 1, largest_int32),
                                        moved("altDnsNames", "spec.dnsNames")};
constexpr Object certificate{certificate_fields};
// The CRDs do without spec, the operator does not: there is no certificate without an issuer.
constexpr std::array cert_manager_fields{part("metadata", metadata), part("spec", certificate, true),
                                         moved("issuerRef", "spec.issuerRef"), moved("altDnsNames", "spec.dnsNames")};
constexpr Object cert_manager{cert_manager_fields};

constexpr std::array<Field, 1> replica_fields{{{"secretRef"}}};
constexpr Object replica{replica_fields};
constexpr std::array pre_provisioned_fields{part("streamingReplica", replica)};
constexpr Object pre_provisioned{pre_provisioned_fields};
constexpr std::array client_fields{needed("caCertSecret"), part("certManager", cert_manager),
                                   part("preProvisioned", pre_provisioned)};
constexpr Object client{client_fields};
constexpr std::array server_fields{needed("caCertSecret"), part("certManager", cert_manager, true)};
constexpr Object server{server_fields};
constexpr std::array tls_fields{one_of("mode", modes), part("clientCert", client, true),
                                part("serverCert", server, true)};
constexpr Object tls{tls_fields};

constexpr std::array connectivity_fields{part("dns", dns),
                                         part("tls", tls, true),
                                         part("nodeServiceTemplate", service_template),
                                         part("groupServiceTemplate", service_template),
                                         part("proxyServiceTemplate", service_template),
                                         part("proxyReadServiceTemplate", service_template)};
constexpr Object connectivity{connectivity_fields};

// Outside of connectivity.
constexpr Object anything{{}, true};
constexpr std::array cnp_fields{part("storage", anything, true)};
constexpr Object cnp{cnp_fields, true};
constexpr std::array parent_fields{needed("name"), Field{"create", boolean}};
constexpr Object parent{parent_fields, true};
constexpr std::array routing_fields{Field{"enableReadNodeRouting", boolean}};
constexpr Object routing{routing_fields, true};
constexpr std::array pgd_fields{part("parentGroup", parent, true),
                                Field{"discovery", text_maps},
                                one_of("groupJoinMethod", join_methods),
                                part("proxySettings", routing),
                                other("databaseName"),
                                other("discoveryJob"),
                                other("globalRouting"),
                                other("mutations"),
                                other("nodeGroupSettings"),
                                other("ownerCredentialsSecret"),
                                other("ownerName")};
constexpr Object pgd_settings{pgd_fields};
constexpr std::array spec_fields{number("instances", 0, largest_int32),
                                 number("witnessInstances", 0, largest_int32),
                                 number("proxyInstances", 0, largest_int32),
                                 part("inheritedMetadata", metadata),
                                 part("cnp", cnp, true),
                                 part("witness", cnp),
                                 part("pgd", pgd_settings, true),
                                 part("connectivity", connectivity, true),
                                 other("backup"),
                                 other("failingFinalizerTimeLimitSeconds"),
                                 other("imageCatalogRef"),
                                 other("imageName"),
                                 other("imagePullPolicy"),
                                 other("imagePullSecrets"),
                                 other("pgdProxy"),
                                 other("restore")};
constexpr Object spec{spec_fields};
constexpr std::array<Field, 2> object_metadata_fields{{{"name"}, {"namespace"}}};
constexpr Object object_metadata{object_metadata_fields, true};
constexpr std::array group_fields{part("metadata", object_metadata, true), part("spec", spec, true)};
constexpr Object group{group_fields, true};

}  // namespace

const Object& group_object() { return group; }

}  // namespace pgd
