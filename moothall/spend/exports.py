"""Releases as files that anyone can check: CSV, dictionary, errata, proof and a signed manifest."""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import io
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from moothall.core.errors import CannotDo

MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "signing-key.pem"
FORMAT = "moothall-release/1"


class CannotVerify(CannotDo):
    """The release does not hold, or cannot be checked."""


def signing_key() -> Ed25519PrivateKey:
    """The house's own key, made the first time it is asked for; its owner alone can read it."""
    folder = Path(settings.HOME) / "secrets"
    path = folder / "release-signing.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f".{secrets.token_hex(8)}"
        key = Ed25519PrivateKey.generate()
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        # A hard link fails when another process was first, so that there is only ever one key.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    held = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(held, Ed25519PrivateKey):
        raise TypeError(f"{path.name} holds no Ed25519 key. Put back the one from the backup.")
    return held


def public_key_pem() -> bytes:
    """The half of the key that everyone may have, to check a release by."""
    return signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_fingerprint(pem: bytes) -> str:
    """The sha256 of a public key's 32 bytes: short enough to compare by eye."""
    key = load_pem_public_key(pem)
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def sign_release(folder: Path, about: Mapping[str, Any]) -> str:
    """Hash every file of a release into its manifest, sign that; return the manifest's sha256.

    about : what the manifest says of the release beside its files
    """
    (folder / KEY).write_bytes(public_key_pem())
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.iterdir())
        if path.name not in {MANIFEST, SIGNATURE}
    }
    manifest = json.dumps(
        {"format": FORMAT, **about, "files": files}, indent=1, sort_keys=True, ensure_ascii=False
    ).encode("utf-8")
    (folder / MANIFEST).write_bytes(manifest)
    (folder / SIGNATURE).write_bytes(base64.b64encode(signing_key().sign(manifest)) + b"\n")
    return hashlib.sha256(manifest).hexdigest()


def manifest_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


@frozen
class Verified:
    """A release whose every byte is what was signed."""

    body: str
    quarter: str
    edition: int
    files: int
    fingerprint: str

    @property
    def sentence(self) -> str:
        return (
            f"The release holds: {self.body}, {self.quarter}, edition {self.edition}, "
            f"{self.files} files, signed by the key {self.fingerprint}."
        )


def verified_release(folder: Path, trusted_key: Path | None = None) -> Verified:
    """Check a downloaded release: the signature, then the hash of each file.

    trusted_key : the public key as had from elsewhere; without it the key beside the files is
                  used, which proves that they belong together, not who signed them

    :raises CannotVerify: with the first thing that does not hold.
    """
    try:
        manifest = (folder / MANIFEST).read_bytes()
        signature = base64.b64decode((folder / SIGNATURE).read_bytes(), validate=False)
        pem = (trusted_key or folder / KEY).read_bytes()
        key = load_pem_public_key(pem)
    except FileNotFoundError as missing:
        name = Path(missing.filename or "").name
        raise CannotVerify(
            f"The release cannot be checked: {name} is missing. Download every file of the "
            "release into one folder and give that folder."
        ) from None
    except ValueError:
        raise CannotVerify(
            "The release cannot be checked: the key or the signature is not readable. Download "
            "the release again."
        ) from None
    if not isinstance(key, Ed25519PublicKey):
        raise CannotVerify("The key is not an Ed25519 public key. Give the publisher's own.")
    try:
        key.verify(signature, manifest)
    except InvalidSignature:
        raise CannotVerify(
            "The release does not hold: the manifest is not what was signed with this key. Do not "
            "rely on it; download it again from the body's page and tell the body if it fails "
            "there too."
        ) from None
    told = json.loads(manifest)
    for name, entry in told["files"].items():
        path = folder / name
        if not path.is_file():
            raise CannotVerify(
                f"The release does not hold: {name} is in the manifest and not in the folder. "
                "Download it beside the others."
            )
        if sha256_of(path) != entry["sha256"]:
            raise CannotVerify(
                f"The release does not hold: {name} was changed after it was signed. Download it "
                "again from the body's page."
            )
    return Verified(
        body=told["body"],
        quarter=told["quarter"],
        edition=told["edition"],
        files=len(told["files"]),
        fingerprint=key_fingerprint(pem),
    )


def csv_rows(path: Path) -> list[tuple[str, ...]]:
    """The rows of a CSV below its header, as text."""
    text = path.read_text(encoding="utf-8")
    rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
    return rows[1:]


def write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def sha256_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def settle_folder(folder: Path) -> None:
    """Make every file of a folder durable, then the folder's own list of them."""
    paths: Sequence[Path] = [*folder.iterdir(), folder, folder.parent]
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
