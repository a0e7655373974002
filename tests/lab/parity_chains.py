"""Chains, usages, strengths, dates and CA files: libpq_parity's tables of cases of trust. The host always matches."""
from datetime import timedelta

from mint import (
    ANY_USAGE,
    CA,
    CLIENT_AUTH,
    Key,
    LEAF,
    SEQUENCE,
    SERVER_AUTH,
    address,
    alternatives,
    block,
    constraints,
    dns,
    extended_usage,
    extension,
    mint,
    name_constraints,
    tlv,
    usage,
)
from pki import openssl

HOST = "n1.example"
SAN = (alternatives(HOST),)
DAY = timedelta(days=1)
CODE_SIGNING, MICROSOFT_GATED = "1.3.6.1.5.5.7.3.3", "1.3.6.1.4.1.311.10.3.3"
SIGNS = usage("digitalSignature")
UNKNOWN = "1.3.6.1.4.1.99999.1"


class World:
    """Authorities, and leaves of them for HOST; every one has a name and key of its own unless it is told."""

    def __init__(self):
        self.leaf_key = Key()
        self.keys = [Key() for _ in range(6)]
        self.used = 0
        self.root = self.ca("root")
        self.other = self.ca("other root")
        self.middle = self.ca("middle", self.root)

    def key(self):
        self.used += 1
        return self.keys[self.used % len(self.keys)]

    def ca(self, common_name, issuer=None, extensions=CA, key=None, **more):
        return mint(common_name, key or self.key(), issuer, extensions, **more)

    def leaf(self, issuer, extensions=LEAF + SAN, key=None, subject="node", **more):
        return mint(subject, key or self.leaf_key, issuer, extensions, **more)

    def own(self, *extensions, key=None, **more):
        """A self-signed leaf."""
        return mint("own", key or self.leaf_key, None, extensions + SAN, **more)


def chains(w):
    """(what, certificates the server sends, certificates of the CA file)."""
    leaf, below = w.leaf(w.root), w.leaf(w.middle)
    upper = w.ca("upper", w.root)
    lower = w.ca("lower", upper)
    twin = w.ca("root")
    again = w.ca("root", key=w.root.key)
    bare = {"identifiers": False}
    bare_root, bare_twin = w.ca("bare", **bare), w.ca("bare", **bare)
    bare_leaf = w.leaf(bare_root, **bare)
    crossed = w.ca("middle", w.other, key=w.middle.key)
    short = w.ca("short", extensions=(constraints(True, 0), usage("keyCertSign")))
    under_short = w.ca("under short", short)
    one = w.ca("one", extensions=(constraints(True, 1), usage("keyCertSign")))
    under_one = w.ca("under one", one)
    twice = w.ca("under one", under_one)
    spoiled = w.ca("spoiled", w.root, spoil=True)
    spoiled_root = w.ca("spoiled root", spoil=True)
    stranger = w.ca("stranger")
    no_ca = w.ca("mended", extensions=(constraints(False), usage("keyCertSign")))
    mended = w.ca("mended", key=no_ca.key, end=4000 * DAY)
    return [
        ("root, leaf", [leaf], [w.root]),
        ("the root is sent too", [leaf, w.root], [w.root]),
        ("the leaf is sent twice", [leaf, leaf], [w.root]),
        ("a stranger is sent too", [leaf, stranger], [w.root]),
        ("intermediate sent", [below, w.middle], [w.root]),
        ("intermediate and root sent", [below, w.middle, w.root], [w.root]),
        ("sent in the wrong order", [below, w.root, w.middle], [w.root]),
        ("intermediate in the CA file", [below], [w.middle, w.root]),
        ("intermediate in the CA file after the root", [below], [w.root, w.middle]),
        ("intermediate missing", [below], [w.root]),
        ("two intermediates sent", [w.leaf(lower), lower, upper], [w.root]),
        ("two intermediates sent in the wrong order", [w.leaf(lower), upper, lower], [w.root]),
        ("the upper intermediate missing", [w.leaf(lower), lower], [w.root]),
        ("the lower intermediate missing", [w.leaf(lower), upper], [w.root]),
        ("only the intermediate in the CA file", [below], [w.middle]),
        ("only the intermediate in the CA file, sent too", [below, w.middle], [w.middle]),
        ("only the intermediate in the CA file, all sent", [below, w.middle, w.root], [w.middle]),
        ("only the leaf in the CA file", [leaf], [leaf]),
        ("leaf and intermediate in the CA file", [below], [below, w.middle]),
        ("leaf, intermediate and root in the CA file", [below], [below, w.middle, w.root]),
        ("unknown CA", [leaf], [w.other]),
        ("unknown CA, sent", [leaf, w.root], [w.other]),
        ("two unknown CAs", [leaf], [w.other, stranger]),
        ("same name, other key", [leaf], [twin]),
        ("same name, other key, sent", [leaf, w.root], [twin]),
        ("same name, other key, no identifiers", [bare_leaf], [bare_twin]),
        ("old and new CA of one name", [leaf], [w.root, twin]),
        ("new and old CA of one name", [leaf], [twin, w.root]),
        ("old and new CA of one name, no identifiers", [bare_leaf], [bare_root, bare_twin]),
        ("new and old CA of one name, no identifiers", [bare_leaf], [bare_twin, bare_root]),
        ("old and new CA of two names", [leaf], [w.root, w.other]),
        ("CA renewed with its key", [leaf], [again]),
        ("CA renewed with its key, both", [leaf], [w.root, again]),
        ("cross-signed, ours sent last", [below, crossed, w.middle], [w.root]),
        ("cross-signed, ours sent first", [below, w.middle, crossed], [w.root]),
        ("cross-signed, only the other sent", [below, crossed], [w.root]),
        ("cross-signed, both roots", [below, crossed], [w.root, w.other]),
        ("the leaf's signature is wrong", [w.leaf(w.root, spoil=True)], [w.root]),
        ("the intermediate's signature is wrong", [w.leaf(spoiled), spoiled], [w.root]),
        ("the root's signature is wrong", [w.leaf(spoiled_root)], [spoiled_root]),
        ("path length 0, leaf below", [w.leaf(short)], [short]),
        ("path length 0 exceeded", [w.leaf(under_short), under_short], [short]),
        ("path length 1, one intermediate", [w.leaf(under_one), under_one], [one]),
        ("path length 1, a self-issued one more", [w.leaf(twice), twice, under_one], [one]),
        ("the leaf has its issuer's name", [w.leaf(w.root, subject="root")], [w.root]),
        ("no CA, then its renewal that is one", [w.leaf(no_ca)], [no_ca, mended]),
        ("a CA, then its forerunner that is none", [w.leaf(no_ca)], [mended, no_ca]),
        ("a leaf in the CA file too", [leaf], [w.root, w.own(*LEAF)]),
    ]


def authorities(w):
    """What may issue."""
    rows = []
    for what, extensions, more in (
        ("CA:FALSE", (constraints(False), usage("keyCertSign")), {}),
        ("no extensions", (), {"identifiers": False}),
        ("only key identifiers", (), {}),
        ("X.509 v1", (), {"version": 1}),
        ("no keyCertSign", (constraints(True), SIGNS), {}),
        ("no key usage", (constraints(True),), {}),
        ("no basic constraints, keyCertSign", (usage("keyCertSign"),), {}),
        ("extended usage serverAuth", CA + (extended_usage(SERVER_AUTH),), {}),
        ("extended usage clientAuth", CA + (extended_usage(CLIENT_AUTH),), {}),
        ("extended usage any", CA + (extended_usage(ANY_USAGE),), {}),
        ("unknown extension", CA + (extension(UNKNOWN, b"\5\0"),), {}),
        ("unknown critical extension", CA + (extension(UNKNOWN, b"\5\0", True),), {}),
        ("an explicit policy required", CA + (extension("2.5.29.36", tlv(SEQUENCE, tlv(0x80, b"\0")), True),), {}),
    ):
        root, middle = w.ca("r", None, extensions, **more), w.ca("m", w.root, extensions, **more)
        rows.append((f"root: {what}", [w.leaf(root)], [root]))
        rows.append((f"root beside a good one: {what}", [w.leaf(root)], [root, w.other]))
        rows.append((f"intermediate: {what}", [w.leaf(middle), middle], [w.root]))
        rows.append((f"intermediate in the CA file: {what}", [w.leaf(middle)], [middle, w.root]))
    return rows


def constrained(w):
    """Name constraints of a root or an intermediate."""
    rows = []
    only_cn = {"extensions": LEAF, "subject": HOST}
    with_address = {"extensions": LEAF + (alternatives(HOST, address("10.0.0.1")),)}
    for what, limits, leaf in (
        ("permitted", name_constraints([dns("example")]), {}),
        ("permitted, with a dot", name_constraints([dns(".example")]), {}),
        ("not permitted", name_constraints([dns("test")]), {}),
        ("excluded", name_constraints((), [dns(HOST)]), {}),
        ("another excluded", name_constraints((), [dns("n2.example")]), {}),
        ("common name permitted", name_constraints([dns("example")]), only_cn),
        ("common name not permitted", name_constraints([dns("test")]), only_cn),
        ("address permitted", name_constraints([address(b"\x0a\0\0\0\xff\0\0\0")]), with_address),
        ("address not permitted", name_constraints([address(b"\x0b\0\0\0\xff\0\0\0")]), with_address),
    ):
        root, middle = w.ca("r", None, CA + (limits,)), w.ca("m", w.root, CA + (limits,))
        rows.append((f"root: {what}", [w.leaf(root, **leaf)], [root]))
        rows.append((f"intermediate: {what}", [w.leaf(middle, **leaf), middle], [w.root]))
    return rows


def usages(w):
    """What the leaf says of itself."""
    no = constraints(False)
    server = extended_usage(SERVER_AUTH)
    rows = [
        (what, [w.leaf(w.root, extensions + SAN, **more)], [w.root])
        for what, extensions, more in (
            ("clientAuth only", (no, SIGNS, extended_usage(CLIENT_AUTH)), {}),
            ("serverAuth and clientAuth", (no, SIGNS, extended_usage(SERVER_AUTH, CLIENT_AUTH)), {}),
            ("no extended usage", (no, SIGNS), {}),
            ("any usage only", (no, SIGNS, extended_usage(ANY_USAGE)), {}),
            ("code signing only", (no, SIGNS, extended_usage(CODE_SIGNING)), {}),
            ("server gated crypto only", (no, SIGNS, extended_usage(MICROSOFT_GATED)), {}),
            ("no key usage", (no, server), {}),
            ("key usage keyEncipherment only", (no, usage("keyEncipherment"), server), {}),
            ("key usage keyAgreement only", (no, usage("keyAgreement"), server), {}),
            ("key usage keyCertSign only", (no, usage("keyCertSign"), server), {}),
            ("a CA", CA + (server,), {}),
            ("a CA without keyCertSign", (constraints(True), SIGNS, server), {}),
            ("no basic constraints", (SIGNS, server), {}),
            ("no key identifiers", LEAF, {"identifiers": False}),
            ("unknown extension", LEAF + (extension(UNKNOWN, b"\5\0"),), {}),
            ("unknown critical extension", LEAF + (extension(UNKNOWN, b"\5\0", True),), {}),
            ("alternative names twice", LEAF + (alternatives("n2.example"),), {}),
            ("broken alternative names", LEAF + (extension("2.5.29.17", b"\x30\x05\x82"),), {}),
            ("broken extended usage", (no, SIGNS, extension("2.5.29.37", b"\x30\x05\x06")), {}),
            ("broken basic constraints", (extension("2.5.29.19", b"\x04\0"), SIGNS, server), {}),
        )
    ]
    rows.append(("X.509 v1", [w.leaf(w.root, (), subject=HOST, version=1)], [w.root]))
    for what, extensions in (
        ("CA:FALSE", LEAF),
        ("no basic constraints", (SIGNS, server)),
        ("no extension but names", ()),
        ("a CA", CA + (server,)),
        ("a CA without keyCertSign", (constraints(True), SIGNS, server)),
        ("clientAuth only", (no, SIGNS, extended_usage(CLIENT_AUTH))),
    ):
        own = w.own(*extensions)
        rows.append((f"self-signed, its own anchor: {what}", [own], [own]))
        rows.append((f"self-signed, its own anchor beside another: {what}", [own], [w.other, own]))
        rows.append((f"self-signed, not in the CA file: {what}", [own], [w.root]))
    return rows


def strengths(w):
    """Keys and digests; the servers take anything."""
    rsa, weak = Key("rsa:2048"), Key("rsa:1024")
    rsa_root, weak_root = w.ca("rsa root", key=rsa), w.ca("weak root", key=weak)
    weak_middle = w.ca("weak middle", w.root, key=weak)
    old_middle = w.ca("old middle", w.root, digest="sha1")
    old_root = w.ca("old root", digest="sha1")
    return [
        ("RSA 2048", [w.leaf(w.root, key=rsa)], [w.root]),
        ("RSA 2048 throughout", [w.leaf(rsa_root, key=rsa)], [rsa_root]),
        ("Ed25519", [w.leaf(w.root, key=Key("ed25519"))], [w.root]),
        ("RSA 1024", [w.leaf(w.root, key=weak)], [w.root]),
        ("RSA 1024, its own anchor", *[[w.own(*CA, key=weak)]] * 2),
        ("SHA-1", [w.leaf(w.root, digest="sha1")], [w.root]),
        ("MD5", [w.leaf(rsa_root, digest="md5")], [rsa_root]),
        ("intermediate with RSA 1024", [w.leaf(weak_middle), weak_middle], [w.root]),
        ("intermediate signed with SHA-1", [w.leaf(old_middle), old_middle], [w.root]),
        ("intermediate with RSA 1024, in the CA file", [w.leaf(weak_middle)], [weak_middle, w.root]),
        ("intermediate signed with SHA-1, in the CA file", [w.leaf(old_middle)], [old_middle, w.root]),
        ("intermediate signed with SHA-1, not in use", [w.leaf(w.root)], [old_middle, w.root]),
        ("root with RSA 1024", [w.leaf(weak_root)], [weak_root]),
        ("root with RSA 1024, not in use", [w.leaf(w.root)], [weak_root, w.root]),
        ("root signed with SHA-1", [w.leaf(old_root)], [old_root]),
        ("root signed with SHA-1, sent too", [w.leaf(old_root), old_root], [old_root]),
        ("own anchor signed with SHA-1", *[[w.own(*CA, digest="sha1")]] * 2),
    ]


def dates(w):
    """Ended: a day ago. Not begun: tomorrow."""
    ended, ahead = {"end": -DAY}, {"start": DAY}
    own = w.own(*CA, **ended)
    rows = [
        ("leaf ended", [w.leaf(w.root, **ended)], [w.root]),
        ("leaf not begun", [w.leaf(w.root, **ahead)], [w.root]),
        ("leaf until 9000", [w.leaf(w.root, end=2_500_000 * DAY)], [w.root]),
        ("leaf since 1951", [w.leaf(w.root, start=-27_000 * DAY)], [w.root]),
        ("a CA that ended is sent too", [w.leaf(w.root), w.ca("stranger", **ended)], [w.root]),
        ("own anchor ended", [own], [own]),
    ]
    for what, bad in (("ended", ended), ("not begun", ahead)):
        root, middle = w.ca("r", **bad), w.ca("m", w.root, **bad)
        good_root = w.ca("r", key=root.key)
        good_middle = w.ca("m", w.root, key=middle.key)
        leaf, below = w.leaf(root), w.leaf(middle)
        rows += [
            (f"root {what}", [leaf], [root]),
            (f"root {what}, sent too", [leaf, root], [root]),
            (f"root {what}, another beside", [leaf], [root, w.other]),
            (f"root not in use {what}", [w.leaf(w.root)], [root, w.root]),
            (f"root {what}, its renewal after it", [leaf], [root, good_root]),
            (f"root {what}, its renewal before it", [leaf], [good_root, root]),
            (f"intermediate {what}", [below, middle], [w.root]),
            (f"intermediate {what}, in the CA file", [below], [middle, w.root]),
            (f"intermediate {what}, its renewal after it", [below, middle, good_middle], [w.root]),
            (f"intermediate {what}, its renewal before it", [below, good_middle, middle], [w.root]),
            (f"intermediate {what}, its renewal in the CA file", [below, middle], [good_middle, w.root]),
            (f"intermediate {what} in the CA file, its renewal sent", [below, good_middle], [middle, w.root]),
        ]
    return rows


def files(w):
    """(what, bytes of the CA file): the right root in it, somehow."""
    pem, other, mark = w.root.pem.encode(), w.other.pem.encode(), b"\xef\xbb\xbf"
    bad = block("CERTIFICATE", b"no certificate").encode()
    trusted = openssl("x509", "-trustout", "-addtrust", "serverAuth", text=w.root.pem).encode()
    distrusted = openssl("x509", "-trustout", "-addreject", "serverAuth", text=w.root.pem).encode()
    for_clients = openssl("x509", "-trustout", "-addtrust", "clientAuth", text=w.root.pem).encode()
    return [
        ("line ends of Windows", pem.replace(b"\n", b"\r\n")),
        ("no line end at the end", pem.rstrip()),
        ("text around", b"# the CA\n" + pem + b"that was it\n"),
        ("twice", pem + pem),
        ("X509 CERTIFICATE", pem.replace(b"CERTIFICATE", b"X509 CERTIFICATE")),
        ("TRUSTED CERTIFICATE", trusted),
        ("TRUSTED CERTIFICATE, not for servers", distrusted),
        ("TRUSTED CERTIFICATE, for clients only", for_clients),
        ("with its key", pem + w.root.key.pem.encode()),
        ("after another's key", w.other.key.pem.encode() + pem),
        (
            "in one long line",
            pem.replace(b"\n", b"").replace(b"E-----", b"E-----\n", 1).replace(b"-----END", b"\n-----END"),
        ),
        ("blank before it", b" " + pem),
        ("byte order mark before it", mark + pem),
        ("byte order mark behind another", other + mark + pem),
        ("byte order mark in the second line", b"\n" + mark + pem),
        ("two byte order marks", mark + mark + pem),
        ("without its end", pem[: pem.index(b"-----END")]),
        ("a block without its end before it", other[: other.index(b"-----END")] + pem),
        ("DER", w.root.der),
        ("a bad block after it", pem + bad),
        ("a bad block before it", bad + pem),
        ("empty", b""),
        ("only text", b"later\n"),
        ("only a key", w.root.key.pem.encode()),
    ]


GROUPS = {
    "chains": chains,
    "authorities": authorities,
    "name constraints": constrained,
    "usages": usages,
    "strengths": strengths,
    "dates": dates,
}
