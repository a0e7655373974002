#include "lint_cases.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace lint_cases {

const std::string good = R"(apiVersion: pgd.k8s.enterprisedb.io/v1beta1
kind: PGDGroup
metadata:
  name: west
  namespace: db
spec:
  instances: 2
  witnessInstances: 1
  inheritedMetadata:
    labels:
      team: data
  cnp:
    storage:
      size: 1Gi
  pgd:
    parentGroup:
      name: world
    discovery:
    - host: west-group.db.svc.cluster.local
    - host: east-group.db.svc.cluster.local
      port: "5432"
  connectivity:
    dns:
      domain: db.svc.cluster.local
      additional:
      - domain: west.example.com
        hostSuffix: -dc1
    nodeServiceTemplate:
      metadata:
        labels:
          role: '{node_svc}'
        annotations:
          external-dns.alpha.kubernetes.io/hostname: '{node_svc}-dc1.west.example.com'
          note: '{"json": {}}'
      spec:
        type: ClusterIP
        clusterIP: None
        publishNotReadyAddresses: true
      updateStrategy: replace
    groupServiceTemplate:
      metadata:
        labels:
          group: '{group_svc}'
      spec: {}
    proxyServiceTemplate:
      metadata:
        annotations:
          proxy: '{proxy_fqdn}, {proxy_svc}'
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        ports:
        - name: postgres
          port: 5432
          targetPort: 6432
        - name: read
          port: 5433
      updateStrategy: patch
    proxyReadServiceTemplate:
      spec:
        type: NodePort
        sessionAffinity: ClientIP
        sessionAffinityConfig:
          clientIP:
            timeoutSeconds: 600
    tls:
      mode: verify-full
      clientCert:
        caCertSecret: client-ca
        certManager:
          spec:
            issuerRef:
              name: client-issuer
              kind: Issuer
              group: cert-manager.io
            duration: 2160h
            renewBefore: 720h
            usages:
            - client auth
      serverCert:
        caCertSecret: server-ca
        certManager:
          metadata:
            labels:
              made-by: operator
          spec:
            issuerRef:
              name: server-issuer
            dnsNames:
            - db.example.com
            - '*.apps.example.com'
            ipAddresses:
            - 192.0.2.1
            - "2001:db8::1"
            privateKey:
              algorithm: ECDSA
              encoding: PKCS8
              size: 256
            usages:
            - digital signature
            - server auth
            isCA: false
)";

std::string changed(const Mistake& mistake) {
  std::string text = good;
  for (const auto& change : mistake.changes) {
    const auto at = text.find(change.from);
    if (at == std::string::npos) throw std::logic_error(mistake.what + ": no " + change.from);
    text.replace(at, change.from.size(), change.to);
  }
  return text;
}

int line_of(const std::string& text, const std::string& part) {
  const auto at = text.find(part);
  if (at == std::string::npos) throw std::logic_error("no line has " + part);
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::vector<Mistake> all_mistakes() {
  std::vector<Mistake> all;
  for (auto* some : {shape_mistakes, group_mistakes, name_mistakes, service_mistakes, certificate_mistakes}) {
    auto more = some();
    std::move(more.begin(), more.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace lint_cases
