// The meaning, cause and remedy of every finding code; docs/findings.md is generated from this table.
#include <algorithm>

#include "agent/model/finding.hpp"

namespace model {

const std::vector<Explanation>& catalogue() {
  // clang-format off
  static const std::vector<Explanation> table{
    {Code::missing_file, "missing-file",
     "A file that the Secret must hold is not there: the certificate or the private key of a leaf, or ca.crt of a "
     "CA. Postgres would not start with it, so a mounted Secret holds the startup gate.",
     "The Secret does not exist yet, lacks the key under the configured file name, or is not mounted where the "
     "agent looks. ACME issuers, for instance, write no ca.crt.",
     "Create or complete the Secret, or set the file names and directories under [secrets] to what is mounted."},
    {Code::unreadable, "unreadable",
     "A file of the Secret is there but can't be read: permission denied, larger than 1 MiB, not a regular file, "
     "or an I/O error.",
     "The volume's defaultMode or fsGroup keeps the agent's user out, or something that is no certificate was put "
     "into the Secret.",
     "Give the agent's user read access (fsGroup of the pod, defaultMode of the volume) or replace the content."},
    {Code::malformed_pem, "malformed-pem",
     "A PEM block of the file can't be decoded. OpenSSL refuses a certificate or CA file with one bad block "
     "altogether, so Postgres would not start, or keeps the old files on a reload.",
     "The file was cut off, edited by hand, base64-encoded twice, or had its line breaks changed on the way into "
     "the Secret.",
     "Write the Secret again from the original files; `openssl x509 -in FILE -noout -text` shows whether the first "
     "block is good."},
    {Code::no_certificate, "no-certificate",
     "The file is there but holds no certificate block at all.",
     "An empty value, a DER file, a key or a certificate request was put under the certificate's name.",
     "Put the PEM certificate (BEGIN CERTIFICATE) into the Secret under that name."},
    {Code::key_mismatch, "key-mismatch",
     "The private key does not belong to the certificate beside it, in two reads or more and for longer than the "
     "debounce. Postgres keeps the old pair on a reload and fails at the next start.",
     "The certificate or the key was replaced alone, or two issuers write the same Secret.",
     "Issue the pair again so that both come from one request; with cert-manager delete the Secret, and it is made "
     "anew."},
    {Code::key_encrypted, "key-encrypted",
     "The private key is protected by a passphrase. Nothing in the pod can enter it, so Postgres can't load the "
     "key.",
     "The key was made with a passphrase (BEGIN ENCRYPTED PRIVATE KEY, or Proc-Type: 4,ENCRYPTED).",
     "Store the key without one: `openssl pkey -in tls.key -out plain.key`, and put that into the Secret."},
    {Code::key_permissions, "key-permissions",
     "The private key's file mode lets more users in than it should, or the file belongs to a stranger. Postgres and "
     "libpq refuse a key of their own user that group or others can reach, one of root that is more open than 0640, "
     "and one of anybody else; the agent's own mount is only noted where everybody can read it.",
     "The mode or owner of the file where Postgres reads it was changed, or the volume is mounted with the default "
     "mode 0644.",
     "Where Postgres reads the key make it 0600 (or root's with 0640); for the mount set defaultMode 0440 with the "
     "pod's fsGroup."},
    {Code::expired, "expired",
     "The certificate's notAfter has passed. New TLS connections that meet it fail; running ones survive until "
     "they reconnect. An old anchor beside good ones is a warning.",
     "Renewal stopped: the issuer is not ready, the certificate's resource is gone, or a copy in another cluster "
     "is not renewed with its original.",
     "Renew the certificate now and make sure that Postgres has reloaded it. An expired anchor that nothing uses "
     "any more can be taken out of ca.crt."},
    {Code::not_yet_valid, "not-yet-valid",
     "The certificate's notBefore lies in the future. Up to 5 minutes ahead is a warning, since clocks differ and "
     "cert-manager does not back-date; beyond that it is critical.",
     "The clock of the issuer's machine is ahead or that of this node is behind, or the certificate was issued for "
     "a later start.",
     "Check time synchronisation (NTP) on both nodes; a certificate meant for later must not be rolled out yet."},
    {Code::expires_soon, "expires-soon",
     "The certificate is in the last part of its life. A leaf warns below a sixth of its lifetime (30 days at "
     "most) and is critical below a fifteenth (7 days at most); a CA warns below a quarter (180 days) and is "
     "critical below a twelfth (30 days).",
     "It was not renewed in time; cert-manager would have done so with a third of the lifetime left.",
     "Renew the certificate. For a CA, put the new one beside the old in ca.crt everywhere first, issue the leaves "
     "again, and take the old one out last."},
    {Code::renewal_overdue, "renewal-overdue",
     "The certificate should have been renewed by now: its remaining life is below renewBefore (without one, a "
     "third of the lifetime) less a slack of a tenth of that, 10 minutes at least and 3 days at most.",
     "cert-manager or whoever renews it is stuck: issuer not ready, request denied, quota; or the Secret is a copy "
     "that nobody renews.",
     "Look at the Certificate and CertificateRequest (`kubectl describe certificate`), or renew by hand."},
    {Code::ca_expires_first, "ca-expires-first",
     "An issuer in the certificate's chain ends before the certificate itself. From then on the certificate fails "
     "although it is in date. A warning once that issuer is in its own warning window, before that a fact.",
     "The certificate was issued with a lifetime longer than what its CA had left; CA and leaf of equal lifetime "
     "always end so.",
     "Give the CA a life several times that of its leaves, renew the CA before, and issue the leaves again "
     "afterwards: cert-manager does not do so when a CA changes."},
    {Code::untrusted, "untrusted",
     "The certificate does not chain to any certificate of its CA Secret, so every peer that verifies refuses it.",
     "It was issued by another CA than the Secret holds, an intermediate is missing from the file, or a "
     "certificate of the chain is not allowed to do what the chain asks of it.",
     "Put the issuing CA into the CA Secret of every node that connects, or issue the certificate again from the "
     "CA that is there."},
    {Code::ca_key_changed, "ca-key-changed",
     "ca.crt holds a CA with the right name but another key than the one that signed the certificate. All dates "
     "may be fine; verification fails all the same.",
     "The CA was renewed with a new key (cert-manager's default since 1.18) and the leaves were not issued again, "
     "or each namespace has a CA of its own under one name.",
     "Issue the certificate again from the present CA, and keep old and new CA together in ca.crt until every leaf "
     "is replaced; with cert-manager set rotationPolicy: Never on the CA to keep its key."},
    {Code::incomplete_chain, "incomplete-chain",
     "An intermediate certificate between this certificate and the CA is missing from the file. Peers know only "
     "the roots in their ca.crt, so they can't build the chain.",
     "Only the leaf was put into tls.crt, without the intermediates that belong behind it.",
     "Append the intermediates to tls.crt, leaf first, each followed by its issuer; the root is not needed there."},
    {Code::partial_chain_only, "partial-chain-only",
     "ca.crt holds an intermediate, not the self-signed root above it. Go programs such as the operator accept "
     "that; OpenSSL as used by Postgres and libpq does not.",
     "The issuer returned its intermediate as ca.crt, or the root was left out of the CA Secret.",
     "Put the self-signed root into ca.crt of the CA Secret, and the intermediate behind the leaf in tls.crt."},
    {Code::wrong_purpose, "wrong-purpose",
     "A certificate's key usages forbid what it is used for: a server certificate without server authentication, a "
     "client certificate without client authentication, or an issuer restricted to other purposes.",
     "The Certificate's usages were set without `server auth` or `client auth`, or server and client Secret were "
     "swapped.",
     "Issue it with the extended key usage serverAuth (server) or clientAuth (client), key usage digital "
     "signature."},
    {Code::leaf_is_ca, "leaf-is-ca",
     "The certificate of a leaf role is itself a CA (basicConstraints CA:TRUE). Its key, present in every pod, "
     "could sign certificates that peers trust.",
     "The CA's own Secret was mounted as server or client Secret, or the certificate was issued with isCA: true.",
     "Issue a leaf of its own with CA:FALSE, and mount that."},
    {Code::anchor_not_ca, "anchor-not-ca",
     "A certificate in ca.crt is not a CA (basicConstraints without CA:TRUE, or a key usage without certificate "
     "signing), so nothing can chain to it. Self-signed, it is trusted as a server's own certificate and as nothing "
     "else.",
     "A leaf was put into the CA Secret, or the CA was made without CA:TRUE.",
     "Put the CA's certificate into ca.crt, made with CA:TRUE and key usage keyCertSign."},
    {Code::weak_signature, "weak-signature",
     "The certificate is signed with a digest below OpenSSL's security level 2 (SHA-1, MD5). Postgres on current "
     "distributions refuses to load or accept it. The self-signature of an anchor is never checked, so there it is "
     "a fact.",
     "An old CA or an old openssl configuration signs with SHA-1.",
     "Issue it again with SHA-256 or better."},
    {Code::weak_key, "weak-key",
     "The certificate's key is below OpenSSL's security level 2: RSA or DSA under 2048 bits, elliptic curves under "
     "224. Chains that need it are refused.",
     "The key was made with an old default, such as RSA 1024.",
     "Issue it again with a new key: ECDSA P-256, or RSA 2048 or more."},
    {Code::no_san, "no-san",
     "The server certificate has no subject alternative name. libpq falls back to the common name; PGD 6's "
     "connection manager and most other clients do not.",
     "The certificate was made with a common name only.",
     "Issue it again with every name of the node, group and proxy services as DNS names."},
    {Code::name_not_covered, "name-not-covered",
     "A name by which peers and clients reach this server is not in its certificate, by libpq's matching rule. "
     "With verify-full such connections fail; the other modes do not look at names.",
     "A domain, host suffix, load balancer name or the proxy was added after the certificate was issued, or the "
     "name was forgotten in dnsNames.",
     "Add the names to the certificate (spec.connectivity.dns.additional or certManager.spec.dnsNames) and issue "
     "it again."},
    {Code::foreign_name, "foreign-name",
     "The server certificate holds the node name of another node of the group, so this node could pass for that "
     "one.",
     "Another node's Secret is mounted here, or one certificate is shared by several nodes.",
     "Mount this node's own Secret; give each node a certificate with its own node names and the group's shared "
     "names only."},
    {Code::wrong_common_name, "wrong-common-name",
     "The client certificate's common name is not the database user that the nodes map it to, so Postgres rejects "
     "the login after the handshake.",
     "The certificate was issued for another user, or pg_ident maps another name than the agent is told.",
     "Issue it with commonName streaming_replica, or set secrets.client_common_name to the name that is mapped."},
    {Code::connection_manager_refuses, "connection-manager-refuses",
     "PGD 6's connection manager uses rustls, which is stricter than OpenSSL: it wants X.509 v3, an explicit "
     "CA:FALSE, a subject alternative name and the usage serverAuth, and refuses SHA-1, MD5 and DSA. Postgres may "
     "run while clients can't connect.",
     "The certificate was made by hand or by a tool that leaves out extensions which OpenSSL does not ask for.",
     "Issue it again with basicConstraints CA:FALSE, subjectAltName, extendedKeyUsage serverAuth and a SHA-256 "
     "signature."},
    {Code::ca_copy_differs, "ca-copy-differs",
     "The copy of the issuer's ca.crt inside the leaf's Secret holds a certificate that the CA Secret does not. An "
     "early sign that the CA changed at one place and not at the other.",
     "The leaf was issued by a renewed CA that has not reached the CA Secret yet, or the CA Secret was copied by "
     "hand.",
     "Bring the new CA into the CA Secret of every group beside the old one, before the old one goes."},
    {Code::not_rotatable, "not-rotatable",
     "The Secret is mounted in a way that never follows changes: a subPath mount, or plain files without the "
     "..data link. A renewed certificate would not arrive here until the pod is replaced.",
     "The volume is mounted with subPath, or the files were copied into an emptyDir.",
     "Mount the Secret volume as a directory, without subPath."},
    {Code::drift_written, "drift-written",
     "The files that Postgres was given differ from the mounted Secret for longer than the propagation delay.",
     "The operator has not written the renewed Secret to the pod: it lacks the reload label, reconciliation fails, "
     "or the instance manager is stuck.",
     "Look at the Cluster's status and the operator's log; label the Secret k8s.enterprisedb.io/reload if it is "
     "your own."},
    {Code::drift_served, "drift-served",
     "The certificate that Postgres presents on its port differs from the one in its files: the renewed one was "
     "not loaded.",
     "Postgres was not reloaded, or refused the new files and kept the old ones; its log says \"SSL configuration "
     "was not reloaded\".",
     "Reload Postgres (SELECT pg_reload_conf()) and read its log; a key mismatch, a key's file mode or a bad CA "
     "file keeps it on the old one."},
    {Code::name_invalid, "name-invalid",
     "The name can't be a DNS name: an empty label, one longer than 63 characters, more than 253 in all, or "
     "characters that host names do not have.",
     "A dot in hostSuffix, an upper-case or underscore character, or a placeholder that was not filled in.",
     "Correct the group's domain and hostSuffix, or the extra name, and keep service names within 63 characters."},
    {Code::not_resolving, "not-resolving",
     "The name has no address: the last lookups in a row failed, or found none. Nodes and clients that use it "
     "can't connect anew.",
     "The Service or DNS record is missing, the record has not propagated, a headless Service has no ready pod, or "
     "no DNS server answers.",
     "Look at the status of each family: nxdomain asks for the record or Service, servfail and refused for the DNS "
     "server, timeout for the network."},
    {Code::partial_answer, "partial-answer",
     "One address family failed to answer while the other did, or lost the addresses it had before. Hosts without "
     "the other family can't reach the name.",
     "A record of one family was removed, or a server fails for that type of question. A family that never had "
     "addresses is not counted.",
     "Ask each server for the missing type (`pgd-agent resolve NAME`), and restore the record or mend the server."},
    {Code::servers_disagree, "servers-disagree",
     "The DNS servers were each asked for the name alone: one has addresses where another says that there are "
     "none, or their addresses have nothing in common. What a node gets depends on which server it asks. Parts of "
     "a round robin are no disagreement, and a server that does not answer is server-failing.",
     "Zone data has not reached every server, or the servers have different views. libpq takes the first answer, "
     "\"does not exist\" included.",
     "Compare the answers (`pgd-agent resolve NAME`), and bring the servers to the same zone or remove the odd "
     "one."},
    {Code::server_failing, "server-failing",
     "A DNS server of resolv.conf gave no answer to three questions in a row or more: silence, or an error such "
     "as REFUSED. The others are asked instead; libpq on this node still waits for it each time it is asked "
     "first. Also raised where resolv.conf can't be read.",
     "The server is down, unreachable from this pod, or refuses recursion for it.",
     "Restore the server, allow the pod to reach it (port 53, UDP and TCP), or take it out of resolv.conf."},
    {Code::search_list_answer, "search-list-answer",
     "A name with a domain of its own was answered only with a domain of the search list behind it. Another host "
     "may be answering. Kubernetes' short forms (`service.namespace`, `….svc`) are meant to be completed and are "
     "not counted.",
     "A wildcard record exists in a search domain, or the domain of the name is mistaken and the search list "
     "covers it.",
     "Check the domain; ndots:1 (dnsConfig.options of the pod) has names with a dot asked as they are first, and "
     "wildcard records should not exist in search domains."},
    {Code::search_cost, "search-cost",
     "Names with fewer dots than ndots are first tried with every search domain, so that each lookup costs "
     "several questions more. One finding says how many names, how many questions, and an example.",
     "Kubernetes sets ndots:5 for pods, and the names of the group have fewer dots than that.",
     "Set dnsConfig.options ndots: 1 for the pods if their lookups are slow or the DNS server is busy; otherwise "
     "nothing."},
    {Code::points_elsewhere, "points-elsewhere",
     "A name of a node, this one's or a peer's, leads to a server that presents another node's certificate: it "
     "covers a node name of that one and none of this. With verify-ca libpq connects all the same, to the wrong "
     "node. The evidence is the certificate, not the address; one that all nodes share is none.",
     "A stale DNS record, a Service with the wrong selector, a load balancer or ExternalDNS record with another "
     "target; or the node there runs with another node's Secret.",
     "Correct the record or what made it, and wait for its TTL; `pgd-agent probe NAME` shows what is served."},
    {Code::self_unreachable, "self-unreachable",
     "This pod can't connect to its own name, though own Postgres answers at its own address and a peer's name "
     "works. Often a load balancer that does not return a connection to the pod it came from, and then no harm to "
     "others: it is no outage.",
     "Load balancers without hairpin support, a NetworkPolicy that leaves the pod itself out, or a name that "
     "leads nowhere.",
     "Run `pgd-agent probe NAME` on another node: if the name works there, nothing needs to be done."},
    {Code::pending, "pending",
     "The name has not resolved since the agent first saw it, and the grace for new names is not over. Headless "
     "Services publish names only once pods are ready.",
     "The group or the node is just being created, or its DNS record has not propagated.",
     "Wait; once the grace (dns.pending_grace, 10 minutes) is over it becomes not-resolving."},
    {Code::hosts_file_answers, "hosts-file-answers",
     "/etc/hosts holds the name. libpq asks the system's resolver, which uses that entry and asks no DNS server, "
     "so the name counts as up; the finding says what DNS answers.",
     "hostAliases in the pod's specification, or an entry by Kubernetes for the pod's own name.",
     "Nothing, if it is meant; entries in /etc/hosts do not follow when addresses change."},
    {Code::flapping, "flapping",
     "The name changed more than four times within ten minutes: other addresses, or in turn resolving and not "
     "resolving. It passes by itself when that ends.",
     "DNS servers that answer differently in turn, a Service being replaced over and over, or pods whose "
     "readiness flaps.",
     "Look at the name's events and at each server's answers (`pgd-agent resolve NAME`)."},
    {Code::client_certificate_refused, "client-certificate-refused",
     "A peer refused this node's client certificate: unknown CA, expired, revoked, or mapped to no user. "
     "Replication towards that peer stops at the next reconnect.",
     "The peer's client CA does not hold the CA that signed our certificate, its clock is wrong, or the common "
     "name is not in its pg_ident map.",
     "Compare the peer's client CA Secret with ours, and bring the CA of both into each before certificates are "
     "changed."},
    {Code::peer_unreachable, "peer-unreachable",
     "A peer's Postgres could not be reached, or not by TLS: connection refused, timed out, or not a Postgres "
     "server.",
     "The peer is down, a network policy or firewall is between, or the name leads to the wrong address.",
     "Run `pgd-agent probe HOST` from this pod: it names the phase that fails."},
    {Code::backends_differ, "backends-differ",
     "The addresses behind one name present different certificates.",
     "One backend has not been reloaded after a rotation, or the name leads to hosts that do not belong together.",
     "Compare the certificates by address (`pgd-agent probe`), and reload or remove the odd one."},
    {Code::ca_rotation_order, "ca-rotation-order",
     "A CA is being replaced in an order that cuts nodes off: some nodes already use certificates of a CA that "
     "others do not trust yet, or a CA was dropped that is still in use.",
     "Certificates were issued from the new CA before every ca.crt held both, or the old one was removed before "
     "every certificate was replaced.",
     "First both CAs in every ca.crt, then new certificates everywhere, then drop the old CA; go back to the step "
     "that was skipped."},
    {Code::own_postgres_unreachable, "own-postgres-unreachable",
     "This node's own Postgres could not be probed: what it serves is not known, so drift can't be seen.",
     "Postgres is down or still starting, listens elsewhere, or has TLS switched off.",
     "Look at Postgres' log; where it listens on another address or port, name that in `[probe] self`."},
    {Code::watch_degraded, "watch-degraded",
     "inotify can't watch a Secret's directory, so changes are found by reading it again at the resync interval "
     "instead of at once.",
     "The node's limit on inotify instances or watches is used up (fs.inotify.max_user_instances, "
     "max_user_watches), or the file system has no inotify.",
     "Raise the node's fs.inotify limits, or accept the delay."},
    {Code::group_stale, "group-stale",
     "What the agent knows of the group may be out of date: this pod's node is not in its list of nodes. It goes "
     "on with what it has.",
     "The node was just added and the ConfigMap or manifest the agent reads has not followed, or the node's name "
     "is set wrongly.",
     "Bring the group's description (nodes, or manifest) up to date; PGD_NODE or group.node names this node."},
    {Code::config_rejected, "config-rejected",
     "The newest configuration could not be read or is wrong, so it is not in force. The last good one stays, or "
     "none where there never was one.",
     "A syntax error, an unknown key, a value out of range, or an environment variable that is not set.",
     "Run `pgd-agent check-config`: it names every error with line and column. The agent takes the file up as soon "
     "as it is right."},
  };
  // clang-format on
  return table;
}

std::string_view name(Code code) { return catalogue().at(static_cast<std::size_t>(code)).name; }

std::optional<Code> code_named(std::string_view name) {
  const auto& table = catalogue();
  const auto found = std::find_if(table.begin(), table.end(), [&](const Explanation& e) { return e.name == name; });
  if (found == table.end()) return std::nullopt;
  return found->code;
}

}  // namespace model
