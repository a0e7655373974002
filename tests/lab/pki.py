"""Certificate authorities and leaves made on the spot with the openssl command line.

Issued by `openssl ca`, because only it takes explicit start and end dates in OpenSSL 3.0. Nothing here is fit for
production.
"""
import os
import random
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from processes import program

_CA_CONFIG = """\
[ca]
default_ca = lab
[lab]
database = {home}/index.txt
serial = {home}/serial
new_certs_dir = {home}
certificate = {home}/ca.crt
private_key = {home}/ca.key
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = empty
prompt = no
[empty]
"""


def openssl(*arguments, text=None):
    """Standard output of an openssl command; RuntimeError with its complaint when it fails."""
    done = subprocess.run(
        [program("openssl"), *map(str, arguments)], input=text, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def now():
    """This second, UTC. Certificates have no fractions."""
    return datetime.now(timezone.utc).replace(microsecond=0)


def _date(moment):
    return moment.strftime("%Y%m%d%H%M%SZ")


def _serial():
    """A positive serial as the agent prints it: lower-case hexadecimal, no leading zero byte to lose."""
    return f"{random.SystemRandom().randrange(0x10 << 56, 0x70 << 56):016x}"


@dataclass(frozen=True)
class Leaf:
    """A certificate with its key, PEM, and the facts the agent should repeat."""

    certificate: str
    key: str
    serial: str
    not_after: datetime

    def secret(self, ca):
        """The payload of a `kubernetes.io/tls` Secret as cert-manager writes it."""
        return {"tls.crt": self.certificate, "tls.key": self.key, "ca.crt": ca.certificate}


class Authority:
    """A self-signed CA that lives in a directory of its own."""

    def __init__(self, home, common_name, not_before=None, not_after=None):
        self.home = str(home)
        self.common_name = common_name
        os.makedirs(self.home, mode=0o700)
        _write(self._path("index.txt"), "")
        _write(self._path("openssl.cnf"), _CA_CONFIG.format(home=self.home))
        extensions = (
            "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
        )
        key = _new_key(self._path("ca.key"))
        request = openssl(
            "req", "-new", "-config", self._path("openssl.cnf"), "-key", key, "-subj", f"/CN={common_name}"
        )
        self.certificate = self._sign(
            request,
            extensions,
            not_before or now() - timedelta(days=365),
            not_after or now() + timedelta(days=3650),
            ["-selfsign"],
        )[0]
        _write(self._path("ca.crt"), self.certificate)

    def server_leaf(self, dns_names, **dates):
        """A server certificate for all these names, as the operator asks cert-manager for."""
        alternatives = ",".join("DNS:" + name for name in dns_names)
        return self._leaf(dns_names[0], f"extendedKeyUsage=serverAuth\nsubjectAltName={alternatives}\n", **dates)

    def client_leaf(self, common_name="streaming_replica", **dates):
        """A client certificate; like the real ones, without a subject alternative name."""
        return self._leaf(common_name, "extendedKeyUsage=clientAuth\n", **dates)

    def _leaf(self, common_name, extensions, not_before=None, not_after=None):
        key_path = self._path("leaf.key")
        _new_key(key_path)
        # 64 characters is the limit of a common name; the names that count are in the extension.
        request = openssl(
            "req", "-new", "-config", self._path("openssl.cnf"), "-key", key_path, "-subj", f"/CN={common_name[:64]}"
        )
        not_after = not_after or now() + timedelta(days=90)
        certificate, serial = self._sign(
            request,
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" + extensions,
            not_before or now() - timedelta(minutes=1),
            not_after,
        )
        with open(key_path, encoding="ascii") as file:
            return Leaf(certificate, file.read(), serial, not_after)

    def _sign(self, request, extensions, not_before, not_after, more=()):
        serial = _serial()
        _write(self._path("serial"), serial.upper() + "\n")
        _write(self._path("extensions"), extensions)
        _write(self._path("request"), request)
        openssl(
            "ca",
            "-batch",
            "-notext",
            "-config",
            self._path("openssl.cnf"),
            "-in",
            self._path("request"),
            "-out",
            self._path("issued"),
            "-extfile",
            self._path("extensions"),
            "-startdate",
            _date(not_before),
            "-enddate",
            _date(not_after),
            *more,
        )
        with open(self._path("issued"), encoding="ascii") as file:
            return file.read(), serial

    def _path(self, name):
        return os.path.join(self.home, name)


def verifies(leaf, anchors, purpose, scratch):
    """openssl's own opinion of a leaf against the CA text `anchors`: (yes or no, what it said)."""
    _write(os.path.join(scratch, "verify.leaf"), leaf)
    _write(os.path.join(scratch, "verify.ca"), anchors)
    done = subprocess.run(
        [
            program("openssl"),
            "verify",
            "-purpose",
            purpose,
            "-no-CApath",
            "-no-CAstore",
            "-CAfile",
            os.path.join(scratch, "verify.ca"),
            os.path.join(scratch, "verify.leaf"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def _new_key(path):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
    return path


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
