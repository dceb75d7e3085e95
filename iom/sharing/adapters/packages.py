"""A package as a file: a ZIP of a manifest, the data and a PDF to read, signed by the partnership and encrypted to its
recipient's certificate, in the Cryptographic Message Syntax (RFC 5652), which OpenSSL and mail programs read.

The partnership's signing key is made when it is first needed and lies in the store, readable by the service alone
(docs/how-to/share-outside-the-partnership.md); it is never in the database.
"""

import hashlib
import io
import json
import os
import zipfile
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import typst
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs7,
)
from django.conf import settings

from iom.common.errors import InvalidInput, NotVisible

SMALLEST_KEY = 3072  # 128 bits of strength: what is sent may be kept by others for many years
KEY_BITS = 3072
VALID_DAYS = 3 * 365


def read_certificate(text: str, *, at: datetime) -> tuple[x509.Certificate, str]:
    """A recipient's certificate and its fingerprint. Raises `InvalidInput` where it cannot be used."""
    try:
        found = x509.load_pem_x509_certificate(text.strip().encode("ascii"))
        key = found.public_key()
    except (ValueError, UnicodeEncodeError) as error:
        raise _not_usable("Paste one certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----.") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SMALLEST_KEY:
        raise _not_usable(f"The certificate must hold an RSA key of at least {SMALLEST_KEY} bits.")
    if not found.not_valid_before_utc <= at <= found.not_valid_after_utc:
        raise _not_usable("The certificate is not valid today.")
    return found, found.fingerprint(hashes.SHA256()).hex()


def _not_usable(message: str) -> InvalidInput:
    return InvalidInput("The certificate cannot be used.", {"certificate": message})


def seal(given: dict[str, Any], *, certificate: str, partnership_id: int, at: datetime) -> bytes:
    """The package as one encrypted file (DER)."""
    recipient, _fingerprint = read_certificate(certificate, at=at)
    key, own = signing_key(partnership_id, at=at)
    inside = _zip(given)
    signed = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(inside)
        .add_signer(own, key, hashes.SHA256())
        .sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )
    return (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(signed)
        .set_content_encryption_algorithm(algorithms.AES256)
        .add_recipient(recipient)
        .encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )


def _zip(given: dict[str, Any]) -> bytes:
    """A ZIP with the same bytes for the same package: nothing in it depends on when it was made."""
    text = json.dumps(given, ensure_ascii=False, indent=2)
    template = (resources.files("iom.sharing.adapters") / "package.typ").read_bytes()
    files: dict[str, bytes] = {
        "package.json": text.encode(),
        "package.pdf": typst.compile(template, sys_inputs={"package": text}, format="pdf"),
    }
    manifest = {
        **{name: given[name] for name in ("package", "from", "to", "purpose", "under", "fetched_until")},
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
    }
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return body.getvalue()


def signing_key(partnership_id: int, *, at: datetime) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """The partnership's key and certificate, made where there are none or they have run out."""
    place = Path(settings.STORE) / "keys" / str(partnership_id)
    try:
        key = load_pem_private_key((place / "signing.key").read_bytes(), None)
        own = x509.load_pem_x509_certificate((place / "signing.pem").read_bytes())
    except FileNotFoundError:
        return _make_key(place, partnership_id, at=at)
    assert isinstance(key, rsa.RSAPrivateKey), "the store holds the key that was made here"
    return (key, own) if own.not_valid_after_utc > at else _make_key(place, partnership_id, at=at)


def _make_key(place: Path, partnership_id: int, *, at: datetime) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, KEY_BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"OpenIOM partnership {partnership_id}")])
    start = at.astimezone(UTC) - timedelta(minutes=5)
    own = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    _keep(place / "signing.pem", own.public_bytes(Encoding.PEM))
    _keep(place / "signing.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key, own


def own_certificate(partnership_id: int, *, at: datetime) -> bytes:
    """The partnership's certificate (PEM), by which a recipient checks the signature."""
    return signing_key(partnership_id, at=at)[1].public_bytes(Encoding.PEM)


def file_of(package_id: int) -> Path:
    return Path(settings.STORE) / "packages" / f"{package_id}.p7m"


def write(package_id: int, body: bytes) -> str:
    """Keeps the file of a package, whole or not at all; returns its hash."""
    file_of(package_id).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep(file_of(package_id), body)
    return hashlib.sha256(body).hexdigest()


def _keep(path: Path, body: bytes) -> None:
    incoming = _incoming(path)
    incoming.unlink(missing_ok=True)
    with os.fdopen(os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())
    incoming.replace(path)


def kept(*, before: datetime) -> list[int]:
    """The packages, by id, of which a file written before a time lies here, whole or half, in whichever partnership."""
    found = (Path(settings.STORE) / "packages").glob("*.p7m*")
    old = {path.name.partition(".")[0] for path in found if path.stat().st_mtime < before.timestamp()}
    return sorted(int(name) for name in old if name.isdecimal())


def _incoming(path: Path) -> Path:
    """Where a file is written before it takes its name; a killed process leaves it there."""
    return path.with_name(f"{path.name}.incoming")


def read(package_id: int) -> bytes:
    """The file of a package. Raises `NotVisible` where there is none any more."""
    try:
        return file_of(package_id).read_bytes()
    except FileNotFoundError as error:
        raise NotVisible() from error


def remove(package_id: int) -> None:
    file_of(package_id).unlink(missing_ok=True)
    _incoming(file_of(package_id)).unlink(missing_ok=True)
