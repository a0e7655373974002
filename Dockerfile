# The agent, the libraries it needs, their licences and a list of what is in it: no shell, no package manager, no user
# database, nothing that has to be written to. `./dev image` builds it without a daemon; `docker build .` does too.
ARG BUILD_IMAGE=docker.io/library/debian:trixie-slim
ARG FINAL_IMAGE=scratch

FROM ${BUILD_IMAGE} AS build
# APT_OPTIONS: for example -o Acquire::http::Proxy=http://proxy.example:3142
ARG APT_OPTIONS=""
RUN export DEBIAN_FRONTEND=noninteractive && \
    apt-get $APT_OPTIONS -q update && \
    apt-get $APT_OPTIONS -q -y upgrade && \
    apt-get $APT_OPTIONS -q -y install --no-install-recommends g++ cmake ninja-build ccache pkg-config python3-minimal \
      libssl-dev libc-ares-dev libspdlog-dev libcli11-dev libtomlplusplus-dev libyaml-cpp-dev prometheus-cpp-dev \
      libboost1.83-dev libboost-json1.83-dev && \
    apt-get clean
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY common common
COPY agent agent
ARG REVISION=unknown
RUN --mount=type=cache,target=/root/.cache/ccache \
    cmake --preset hardened -DPGD_AGENT_REVISION="$REVISION" && \
    cmake --build --preset hardened --target pgd-agent
COPY manifests/image manifests/image
ARG VERSION=0.1.0
ARG SOURCE_DATE_EPOCH=0
RUN manifests/image/lay-out build/hardened /image && \
    manifests/image/sbom build/hardened /image && \
    /image/usr/bin/pgd-agent version | grep -qxF "pgd-agent $VERSION ($REVISION)"

# Anything but scratch must not bring another C library than Debian 13's.
FROM ${FINAL_IMAGE}
COPY --from=build /image /
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=""
LABEL org.opencontainers.image.title="pgd-agent" \
      org.opencontainers.image.description="Connectivity agent for EDB Postgres Distributed on Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
ENV PATH=/usr/bin
# Any other uid does as well: the agent owns nothing and looks nobody up.
USER 65532:65532
EXPOSE 9188
ENTRYPOINT ["pgd-agent"]
CMD ["run"]
