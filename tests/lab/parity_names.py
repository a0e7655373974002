"""Names in certificates against the host a client asks for: the table of libpq_parity's cases of host names."""
from mint import (
    BMP,
    CN,
    EMAIL,
    LEAF,
    ORGANISATION,
    PRINTABLE,
    SEQUENCE,
    SET,
    TELETEX,
    UTF8,
    address,
    alternatives,
    dns,
    email,
    mint,
    name,
    oid,
    tlv,
    uri,
)

LABEL = "abcdefghi-" * 6 + "x"
LONG = ".".join([LABEL] * 4)
MANY = [f"n{number}.example" for number in range(2, 1101)]

# What; the common name, or a subject; alternative names (None: no such extension); hosts. Text is a DNS name.
SINGLE = [
    (
        "exact",
        "node",
        ["n1.example"],
        ["n1.example", "N1.EXAMPLE", "n1.example.", "n1", "x.n1.example", "n1.exampl", ""],
    ),
    ("upper case", "node", ["N1.Example"], ["n1.example", "n1.eXAMPLE"]),
    ("one label", "node", ["n1"], ["n1", "n1.example", "n"]),
    ("trailing dot", "node", ["n1.example."], ["n1.example.", "n1.example"]),
    ("underscores", "node", ["_n_1.example"], ["_n_1.example", "_n-1.example"]),
    ("blanks around", "node", [" n1.example", "n2.example "], ["n1.example", " n1.example", "n2.example"]),
    (
        "quotes and backslashes",
        "node",
        ["it's.example", "a\\b.example"],
        ["it's.example", "a\\b.example", "ab.example"],
    ),
    ("IDNA", "node", ["xn--bcher-kva.example"], ["xn--bcher-kva.example", "XN--BCHER-KVA.example", "bücher.example"]),
    ("UTF-8", "node", ["bücher.example"], ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"]),
    ("250 bytes", "node", [LONG], [LONG, LONG.upper(), LONG[:-1]]),
    ("3,000 bytes", "node", [LONG * 12], [LONG]),
    ("nothing in it", "node", [""], ["n1.example", ""]),
    ("several, the last matches", "node", ["n3.example", "n2.example", "n1.example"], ["n1.example", "n4.example"]),
    ("1,100, the last matches", "node", MANY + ["n1.example"], ["n1.example", "n1100.example", "n1101.example"]),
]

WILDCARDS = [
    (
        "*.example",
        "node",
        ["*.example"],
        ["a.example", "A.EXAMPLE", "a.b.example", "example", ".example", "*.example", "a.example.", "a.xexample"],
    ),
    ("*.example, empty labels", "node", ["*.example"], ["a..example", "..example", "a...example", "..a.example"]),
    ("*.EXAMPLE", "node", ["*.EXAMPLE"], ["a.example"]),
    ("*.b.example", "node", ["*.b.example"], ["a.b.example", "b.example", "a.c.b.example", "ab.example"]),
    ("*.x", "node", ["*.x"], ["a.x", "x", "a.b.x"]),
    ("a*.example", "node", ["a*.example"], ["ab.example", "a.example", "a*.example"]),
    ("*a.example", "node", ["*a.example"], ["ba.example", "*a.example"]),
    ("a*b.example", "node", ["a*b.example"], ["aXb.example"]),
    ("*", "node", ["*"], ["a", "a.example", "*"]),
    ("*.", "node", ["*."], ["a.", "a", "*."]),
    ("**.example", "node", ["**.example"], ["a.example"]),
    ("*.*.example", "node", ["*.*.example"], ["a.b.example", "a.*.example"]),
    ("a.*.example", "node", ["a.*.example"], ["a.b.example"]),
    ("*.example.", "node", ["*.example."], ["a.example.", "a.example"]),
    ("*.0.0.1 as a DNS name", "node", ["*.0.0.1"], ["10.0.0.1", "10.0.0.2"]),
    ("xn--*.example", "node", ["xn--*.example"], ["xn--bcher-kva.example"]),
]

SUBJECTS = [
    ("no alternative name", "n1.example", None, ["n1.example", "N1.example", "n1", "n2.example"]),
    ("no alternative name, a wildcard", "*.example", None, ["a.example", "a.b.example"]),
    ("an alternative name that does not match", "n1.example", ["n2.example"], ["n1.example", "n2.example"]),
    ("only an email address", "n1.example", [email("n1@example")], ["n1.example", "n1@example"]),
    ("only a URI", "n1.example", [uri("https://n2.example/")], ["n1.example", "n2.example"]),
    ("only a directory name", "n1.example", [tlv(0xA4, name((CN, "n2.example")))], ["n1.example", "n2.example"]),
    ("only a registered ID", "n1.example", [tlv(0x88, b"\x2a\x03")], ["n1.example"]),
    ("an empty list", "n1.example", [], ["n1.example", "n2.example"]),
    ("URI, email and a DNS name", "n1.example", [uri("x:y"), email("a@b"), "n2.example"], ["n1.example", "n2.example"]),
    ("empty common name", "", None, ["n1.example", ""]),
    ("empty common name, alternative name", "", ["n1.example"], ["n1.example"]),
    ("empty subject", name(), None, ["n1.example"]),
    ("empty subject, alternative name", name(), ["n1.example"], ["n1.example", "n2.example"]),
    ("no common name", name((ORGANISATION, "n1.example"), (EMAIL, "n1.example")), None, ["n1.example"]),
    ("two common names", name((CN, "n1.example"), (CN, "n2.example")), None, ["n1.example", "n2.example"]),
    ("common name after others", name((ORGANISATION, "o"), (CN, "n1.example")), None, ["n1.example", "o"]),
    (
        "two common names in one RDN",
        tlv(SEQUENCE, tlv(SET, *(tlv(SEQUENCE, oid(CN), tlv(UTF8, one)) for one in (b"n1.example", b"n2.example")))),
        None,
        ["n1.example", "n2.example"],
    ),
    ("PrintableString", name((CN, "n1.example", PRINTABLE)), None, ["n1.example"]),
    ("TeletexString", name((CN, b"b\xfccher.example", TELETEX)), None, ["bücher.example", "b\xfccher.example"]),
    ("BMPString", name((CN, "n1.example".encode("utf-16-be"), BMP)), None, ["n1.example"]),
    ("a common name of 250 bytes", LONG, None, [LONG, LONG[:64]]),
]

ADDRESSES = [
    (
        "IPv4",
        "node",
        [address("10.0.0.1")],
        [
            "10.0.0.1",
            "10.1",
            "10.0.1",
            "0x0a.1",
            "012.0.0.1",
            "167772161",
            "10.0.0.01",
            "10.0.0.2",
            "10.0.0.1 x",
            "10.0.0.1.",
        ],
    ),
    ("IPv4, small", "node", [address("0.0.0.1")], ["1", "0x1", "0.0.0.1", "2"]),
    ("IPv4, loopback", "node", [address("127.0.0.1")], ["0x7f.1", "127.1", "2130706433", "0177.0.0.1"]),
    (
        "IPv6",
        "node",
        [address("fd00::1")],
        [
            "fd00::1",
            "FD00::1",
            "fd00:0:0:0:0:0:0:1",
            "fd00::0001",
            "fd00::2",
            "[fd00::1]",
            "fd00::1%lo",
            "fd00::0.0.0.1",
        ],
    ),
    ("IPv4 in IPv6", "node", [address("::ffff:10.0.0.1")], ["10.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1"]),
    ("as a DNS name", "node", ["10.0.0.1"], ["10.0.0.1", "10.1", "10.0.0.2"]),
    ("IPv6 as a DNS name", "node", ["fd00::1"], ["fd00::1", "FD00::1", "fd00::0001"]),
    ("only addresses, DNS host", "n1.example", [address("10.0.0.1")], ["n1.example", "n2.example", "10.0.0.1"]),
    ("only addresses, IP host", "10.0.0.2", [address("10.0.0.1")], ["10.0.0.2", "10.0.0.1"]),
    ("only DNS names, IP host", "10.0.0.1", ["n1.example"], ["10.0.0.1", "10.1", "n1.example"]),
    ("only DNS names, IPv6 host", "fd00::1", ["n1.example"], ["fd00::1", "fd00::0001"]),
    ("no alternative name", "10.0.0.1", None, ["10.0.0.1", "10.1"]),
    ("IPv4 and IPv6", "node", [address("10.0.0.1"), address("fd00::1")], ["10.0.0.1", "fd00::1", "fd00::2"]),
    ("both kinds", "n2.example", ["n1.example", address("10.0.0.1")], ["n1.example", "10.0.0.1", "n2.example"]),
    ("five bytes, then the right name", "node", [address(b"\x0a\0\0\0\1"), "n1.example"], ["n1.example", "10.0.0.1"]),
    ("the right name, then five bytes", "node", ["n1.example", address(b"\x0a\0\0\0\1")], ["n1.example", "n2.example"]),
    ("no bytes", "n1.example", [address(b"")], ["n1.example", "10.0.0.1"]),
]

NULS = [
    ("in the only name", "n1.example", [dns(b"n1.example\0.evil.test")], ["n1.example", "n2.example"]),
    ("before the right name", "node", [dns(b"n1.example\0.evil.test"), "n1.example"], ["n1.example"]),
    ("after the right name", "node", ["n1.example", dns(b"n1.example\0.evil.test")], ["n1.example", "n2.example"]),
    ("at the end", "node", [dns(b"n1.example\0")], ["n1.example"]),
    ("alone", "node", [dns(b"\0")], ["n1.example"]),
    ("in a wildcard", "node", [dns(b"*.example\0.evil.test")], ["a.example"]),
    ("in the common name", b"n1.example\0.evil.test", None, ["n1.example"]),
    ("in the common name, right name beside", b"n1.example\0.evil.test", ["n1.example"], ["n1.example", "n2.example"]),
    ("in a URI", "n1.example", [uri(b"x:\0y")], ["n1.example"]),
]

GROUPS = {
    "names": SINGLE,
    "wildcards": WILDCARDS,
    "common names": SUBJECTS,
    "IP addresses": ADDRESSES,
    "NULs": NULS,
}


def rows(root, key):
    """(group, what, certificate issued by `root`, hosts) for every row of the tables."""
    for group, table in GROUPS.items():
        for what, subject, names, hosts in table:
            if isinstance(subject, bytes) and not subject.startswith(b"\x30"):
                subject = name((CN, subject))
            extensions = LEAF if names is None else LEAF + (alternatives(*names),)
            yield group, what, mint(subject, key, root, extensions), hosts
