# The reconciler and the probe: Python, the packages of Pipfile.lock that they import, and this project's own.
#
# Build it with `make images`, which stages the context (build/images/operations) out of images.yaml: rootfs/,
# the project's files as they will be, and requirements.txt, the packages with the hashes of Pipfile.lock. What
# is said here of the image is what images.yaml says; a test compares them.

# by digest, of all its platforms; the tag is for readers
ARG BASE=python:3.11.16-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

FROM ${BASE} AS packages
WORKDIR /context
COPY requirements.txt ./
RUN pip install --require-hashes --no-deps --only-binary=:all: --no-compile --no-cache-dir --no-input \
        --disable-pip-version-check --root-user-action=ignore \
        --target rootfs/opt/msk-mirror/site-packages --requirement requirements.txt \
    && rm -rf rootfs/opt/msk-mirror/site-packages/bin
COPY rootfs/ rootfs/
# The root of a pod is read-only: what is not compiled here, the base image's library too, is compiled at every
# start. Bytecode by unchecked hash (PEP 552) and files of one date make the same layer every time.
RUN export PYTHONHASHSEED=0 \
    && python -m compileall -q --invalidation-mode unchecked-hash -s rootfs -p / rootfs/opt/msk-mirror \
    && python -m compileall -q --invalidation-mode unchecked-hash -x "/(site-packages|test|lib2to3)/" \
        /usr/local/lib/python3.11 \
    && find /usr/local/lib/python3.11 -name site-packages -prune -o -name "*.pyc" -exec cp --parents -t rootfs {} + \
    && find rootfs -exec touch --no-dereference --date=@0 {} +

FROM ${BASE}
LABEL org.opencontainers.image.title="msk-mirror operations" \
      org.opencontainers.image.description="Keeps the MirrorMaker 2 connectors as configured and publishes how replication goes" \
      org.opencontainers.image.version="0.2.0" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND ISC AND MIT AND MPL-2.0 AND PSF-2.0"
ENV HOME="/tmp" \
    LANG="C.UTF-8" \
    PATH="/opt/msk-mirror/bin:/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" \
    PYTHONDONTWRITEBYTECODE="1" \
    PYTHONPATH="/opt/msk-mirror/site-packages" \
    PYTHONUNBUFFERED="1"
COPY --from=packages /context/rootfs/ /
WORKDIR /tmp
USER 65532:65532
ENTRYPOINT ["msk-mirror"]
