"""Certificates down to the byte: names with a NUL, broken extensions, issuers that may not issue.

`openssl ca` refuses to make most of that and takes three runs for the rest; here the DER is written out and openssl
only signs it. Nothing here is fit for production.
"""
import base64
import hashlib
import ipaddress
import os
import random
import subprocess
import tempfile
from datetime import timedelta

from pki import now, openssl
from processes import program

# A little DER.
BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8, PRINTABLE, TELETEX, BMP, UTC_TIME, TIME = 0x0C, 0x13, 0x14, 0x1E, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31

CN, ORGANISATION, EMAIL = "2.5.4.3", "2.5.4.10", "1.2.840.113549.1.9.1"
SERVER_AUTH, CLIENT_AUTH, ANY_USAGE = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"
USAGES = ("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign")
_SIGNATURES = {
    ("ec", "sha256"): "1.2.840.10045.4.3.2",
    ("ec", "sha1"): "1.2.840.10045.4.1",
    ("rsa", "sha256"): "1.2.840.113549.1.1.11",
    ("rsa", "sha1"): "1.2.840.113549.1.1.5",
    ("rsa", "md5"): "1.2.840.113549.1.1.4",
    ("ed25519", None): "1.3.101.112",
}


def tlv(tag, *parts):
    """One DER value: tag, length, the parts one after another."""
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for number in [40 * first + second, *rest]:
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(0x80 | number & 0x7F)
        content += bytes(reversed(septets))
    return tlv(OID, content)


def integer(number):
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _moment(moment):
    text = moment.strftime("%Y%m%d%H%M%SZ")
    return tlv(TIME, text.encode()) if moment.year >= 2050 else tlv(UTC_TIME, text[2:].encode())


def name(*attributes):
    """A distinguished name of (type, value) or (type, value, string tag), each an RDN of its own."""
    return tlv(SEQUENCE, *(tlv(SET, _attribute(*attribute)) for attribute in attributes))


def _attribute(kind, value, tag=UTF8):
    return tlv(SEQUENCE, oid(kind), tlv(tag, _bytes(value)))


def _bytes(value):
    return value if isinstance(value, bytes) else value.encode()


# Extensions.


def extension(kind, value, critical=False):
    return tlv(SEQUENCE, oid(kind), tlv(BOOLEAN, b"\xff") if critical else b"", tlv(OCTET_STRING, value))


def dns(value):
    return tlv(0x82, _bytes(value))


def email(value):
    return tlv(0x81, _bytes(value))


def uri(value):
    return tlv(0x86, _bytes(value))


def address(value):
    """An IP address as text, or its bytes, which may be too few or too many."""
    return tlv(0x87, value if isinstance(value, bytes) else ipaddress.ip_address(value).packed)


def alternatives(*names):
    """Subject alternative names; plain text is a DNS name."""
    return extension("2.5.29.17", tlv(SEQUENCE, *(dns(one) if isinstance(one, str) else one for one in names)))


def constraints(ca, path_length=None):
    content = (tlv(BOOLEAN, b"\xff") if ca else b"") + (b"" if path_length is None else integer(path_length))
    return extension("2.5.29.19", tlv(SEQUENCE, content), True)


def usage(*names):
    bits = [USAGES.index(one) for one in names]
    value = sum(0x80 >> bit for bit in bits)
    return extension("2.5.29.15", tlv(BIT_STRING, bytes([7 - max(bits), value])), True)


def extended_usage(*kinds):
    return extension("2.5.29.37", tlv(SEQUENCE, *map(oid, kinds)))


def name_constraints(permitted=(), excluded=()):
    """Of names as `dns`, `address` and the like write them."""
    trees = b""
    for tag, names in ((0xA0, permitted), (0xA1, excluded)):
        trees += tlv(tag, *(tlv(SEQUENCE, one) for one in names)) if names else b""
    return extension("2.5.29.30", tlv(SEQUENCE, trees), True)


LEAF = (constraints(False), usage("digitalSignature"), extended_usage(SERVER_AUTH))
CA = (constraints(True), usage("digitalSignature", "keyCertSign"))


class Key:
    """A private key: "ec", "rsa:1024", "rsa:2048" or "ed25519"."""

    def __init__(self, kind="ec"):
        self.kind, _, bits = kind.partition(":")
        arguments = {"ec": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}.get(
            self.kind, ["-algorithm", self.kind.upper()]
        )
        self.pem = openssl("genpkey", *arguments, *(["-pkeyopt", f"rsa_keygen_bits:{bits}"] if bits else []))
        public = openssl("pkey", "-pubout", text=self.pem)
        self.info = base64.b64decode("".join(public.splitlines()[1:-1]))
        self.identifier = hashlib.sha1(self.info).digest()

    def algorithm(self, digest):
        """The identifier of its signatures with that digest."""
        return tlv(SEQUENCE, oid(_SIGNATURES[self.kind, digest]), tlv(NULL) if self.kind == "rsa" else b"")

    def sign(self, data, digest):
        with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text:
            for file, content in ((key, self.pem.encode()), (text, data)):
                file.write(content)
                file.flush()
            command = [program("openssl"), "pkeyutl", "-sign", "-rawin", "-inkey", key.name, "-in", text.name]
            done = subprocess.run(command + (["-digest", digest] if digest else []), capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"openssl pkeyutl: {done.stderr.decode().strip()}")
        return done.stdout


class Certificate:
    """What `mint` makes: `der`, `pem`, the key, and the subject and key identifier it issues under."""

    def __init__(self, der, subject, key):
        self.der, self.subject, self.key = der, subject, key

    @property
    def pem(self):
        return block("CERTIFICATE", self.der)


def block(label, der):
    """DER as a PEM block."""
    text = base64.b64encode(der).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def mint(
    subject,
    key,
    issuer=None,
    extensions=LEAF,
    start=timedelta(days=-30),
    end=timedelta(days=3000),
    digest="sha256",
    version=3,
    identifiers=True,
    spoil=False,
):
    """A certificate; self-signed without an issuer. `subject`: a common name, or what `name` made. `start`, `end`:
    relative to now. `identifiers`: with subject and authority key identifier. `spoil`: a signature that is wrong."""
    subject = name((CN, subject)) if isinstance(subject, str) else subject
    signer, issued_by = (issuer.key, issuer.subject) if issuer else (key, subject)
    if identifiers:
        extensions += (
            extension("2.5.29.14", tlv(OCTET_STRING, key.identifier)),
            extension("2.5.29.35", tlv(SEQUENCE, tlv(0x80, signer.identifier))),
        )
    digest = None if signer.kind == "ed25519" else digest
    algorithm = signer.algorithm(digest)
    body = tlv(
        SEQUENCE,
        tlv(0xA0, integer(version - 1)) if version > 1 else b"",
        integer(random.SystemRandom().randrange(1 << 60, 1 << 63)),
        algorithm,
        issued_by,
        tlv(SEQUENCE, _moment(now() + start), _moment(now() + end)),
        subject,
        key.info,
        tlv(0xA3, tlv(SEQUENCE, *extensions)) if version == 3 and extensions else b"",
    )
    signature = signer.sign(body, digest)
    if spoil:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    return Certificate(tlv(SEQUENCE, body, algorithm, tlv(BIT_STRING, b"\0", signature)), subject, key)
