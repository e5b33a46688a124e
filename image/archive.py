"""OCI image archives (OCI Image Format 1.1), written without a daemon; equal contents are equal digests."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from image.layers import Layer
from toolchain.host import terraform_platform

__all__ = ["BuiltImage", "Configuration", "write_archive"]

MEDIA = "application/vnd.oci.image"
CREATED = "1970-01-01T00:00:00Z"
"""Not the time of building, which would make every build another image."""


@dataclass(frozen=True)
class Configuration:
    """How a container of the image runs."""

    entrypoint: Sequence[str]
    user: str = ""
    environment: Mapping[str, str] | None = None
    working_directory: str = "/"
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True)
class BuiltImage:
    """An image: `reference` is its name and tag, `digest` that of its manifest, and `archive` an OCI archive
    with it, which `ctr images import`, `podman load` and `skopeo` read."""

    reference: str
    digest: str
    archive: Path


def write_archive(
    file: Path, reference: str, layers: Sequence[Layer], configuration: Configuration
) -> BuiltImage:
    """Write the archive; one that is there with the same image stays as it is."""
    config = _json(_config(layers, configuration))
    manifest = _json(_manifest(config, layers))
    digest = _digest(manifest)
    index = _json(_index(manifest, reference))
    if not _holds(file, index):
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f".{file.name}")
        with tarfile.open(unfinished, "w", format=tarfile.USTAR_FORMAT) as archive:
            # what a reader needs first comes first
            _add(archive, "index.json", index)
            _add(archive, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
            for blob in (manifest, config):
                _add(archive, f"blobs/sha256/{_digest(blob).removeprefix('sha256:')}", blob)
            for layer in {layer.digest: layer for layer in layers}.values():
                _add_file(archive, f"blobs/sha256/{layer.digest.removeprefix('sha256:')}", layer.file)
        shutil.move(unfinished, file)
    return BuiltImage(reference, digest, file)


def _config(layers: Sequence[Layer], configuration: Configuration) -> dict[str, Any]:
    platform = _platform()
    run = {
        "User": configuration.user,
        "Env": [f"{name}={value}" for name, value in sorted((configuration.environment or {}).items())],
        "Entrypoint": list(configuration.entrypoint),
        "WorkingDir": configuration.working_directory,
        "Labels": dict(sorted((configuration.labels or {}).items())),
    }
    return {
        "created": CREATED,
        **platform,
        "config": {name: value for name, value in run.items() if value},
        "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
        "history": [{"created": CREATED, "created_by": layer.what} for layer in layers],
    }


def _manifest(config: bytes, layers: Sequence[Layer]) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA}.manifest.v1+json",
        "config": _descriptor(f"{MEDIA}.config.v1+json", config),
        "layers": [
            {
                "mediaType": f"{MEDIA}.layer.v1.tar",
                "digest": layer.digest,
                "size": layer.file.stat().st_size,
            }
            for layer in layers
        ],
    }


def _index(manifest: bytes, reference: str) -> dict[str, Any]:
    # containerd takes the whole name from its own annotation, others the tag from OCI's (OCI Image Format,
    # "Pre-Defined Annotation Keys"; containerd, images.AnnotationImageName)
    annotations = {
        "io.containerd.image.name": reference,
        "org.opencontainers.image.ref.name": reference.rpartition(":")[2],
    }
    described = _descriptor(f"{MEDIA}.manifest.v1+json", manifest)
    return {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA}.index.v1+json",
        "manifests": [described | {"platform": _platform(), "annotations": annotations}],
    }


def _descriptor(media: str, blob: bytes) -> dict[str, Any]:
    return {"mediaType": media, "digest": _digest(blob), "size": len(blob)}


def _platform() -> dict[str, str]:
    system, _, architecture = terraform_platform().partition("_")
    return {"architecture": architecture, "os": system}


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _holds(file: Path, index: bytes) -> bool:
    """Whether the archive has this index, which names everything else by digest."""
    try:
        with tarfile.open(file) as archive:
            first = archive.next()
            content = archive.extractfile(first) if first and first.name == "index.json" else None
            return content is not None and content.read() == index
    except (OSError, tarfile.TarError):
        return False


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(_member(name, len(content)), io.BytesIO(content))


def _add_file(archive: tarfile.TarFile, name: str, file: Path) -> None:
    with file.open("rb") as content:
        archive.addfile(_member(name, file.stat().st_size), content)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member
