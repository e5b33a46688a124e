# The worker: a Java runtime, the jars of jars.lock.json and the JMX exporter's agent.
#
# Build it with `make images`, which stages the context (build/images/connect) out of images.yaml: rootfs/, the
# files as they will be, and sha256sums, the locked digest of each. What is said here of the image is what
# images.yaml says; a test compares them.

# by digest, of all its platforms; the tag is for readers
ARG BASE=eclipse-temurin:21.0.12_8-jre-noble@sha256:7739f0ffce786528961eea6bf46d9610ee968ac6127c9b2e93494757bdecce9f

FROM ${BASE} AS verified
WORKDIR /context/rootfs
COPY rootfs/ ./
COPY sha256sums ../
RUN sha256sum --check --strict --quiet ../sha256sums

FROM ${BASE}
LABEL org.opencontainers.image.title="msk-mirror connect" \
      org.opencontainers.image.description="Kafka Connect worker with MirrorMaker 2, IAM authentication for MSK and the JMX exporter" \
      org.opencontainers.image.version="4.1.1" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND CC0-1.0 AND CDDL-1.1 AND EPL-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0 AND MIT"
ENV JAVA_HOME="/opt/java/openjdk" \
    LANG="C.UTF-8" \
    PATH="/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
COPY --from=verified /context/rootfs/ /
# the root can be read-only: the worker writes to /tmp, crash reports of the JVM (its working directory) included
WORKDIR /tmp
USER 65532:65532
ENTRYPOINT ["java"]
