"""The Grafana dashboard as a value: panels, variables, queries, and what its transformations make of an answer."""
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "manifests" / "monitoring" / "dashboard.json"
_VALUES = re.compile(r"label_values\((.*), (\w+)\)")


def load(path=FILE):
    return json.loads(path.read_text(encoding="utf-8"))


def panels(board):
    """Every panel that asks something, in order; those of a collapsed row too."""
    every = [inner for one in board["panels"] for inner in (one, *one.get("panels", []))]
    return [one for one in every if one["type"] != "row"]


def variables(board):
    """[(name, selector, label)] of those that are asked of Prometheus."""
    listed = [one for one in board["templating"]["list"] if one["type"] == "query"]
    return [(one["name"], *_VALUES.fullmatch(one["query"]["query"]).groups()) for one in listed]


def interpolate(text, chosen, window, seconds):
    """As Grafana does before it asks. `chosen`: {variable: [values]}, none for All; `window` of a rate; `seconds` shown."""
    for name, values in chosen.items():
        escaped = [re.sub(r"([\\.*+?()\[\]{}|^$])", r"\\\\\1", value) for value in values]
        value = ".*" if not values else escaped[0] if len(values) == 1 else f"({'|'.join(escaped)})"
        text = text.replace(f"${name}", value)
    text = text.replace("$__rate_interval", window).replace("$__range", f"{seconds}s")
    if "$" in re.sub(r"\$\d", "", re.sub(r'\$"', "", text)):
        raise ValueError(f"a variable is left in {text}")
    return text


class Table:
    """Rows of an answer to instant queries, as a table panel shows them."""

    def __init__(self, answers):
        """`answers`: [[(labels, value)]], one for each query. With several, Grafana names their values by query."""
        self.fields, self.rows = [], []
        for index, answer in enumerate(answers):
            name = "Value" if len(answers) == 1 else f"Value #{chr(ord('A') + index)}"
            self._take([{**labels, name: value} for labels, value in answer])

    def _take(self, rows):
        for row in rows:
            self.fields += [field for field in row if field not in self.fields]
        self.rows.append(rows)

    def transform(self, steps):
        """The panel's transformations; ValueError where one names a field that is not there."""
        for step in steps:
            getattr(self, "_" + step["id"])(step["options"])
        return self

    def _merge(self, _options):
        merged = {}
        for row in (row for rows in self.rows for row in rows):
            key = tuple(sorted((name, value) for name, value in row.items() if not name.startswith("Value")))
            merged.setdefault(key, {}).update(row)
        self.rows = [list(merged.values())]

    def _organize(self, options):
        names = options["renameByName"]
        self._expect(names)
        order = options["indexByName"] or {field: index for index, field in enumerate(self.fields)}
        left_out = set(self.fields) - set(order)
        if left_out:
            raise ValueError(f"fields that no heading was given: {', '.join(sorted(left_out))}")
        self.fields = [names.get(field, field) for field in sorted(self.fields, key=order.__getitem__)]
        self.rows = [
            [{names.get(field, field): value for field, value in row.items()} for row in rows] for rows in self.rows
        ]

    def _sortBy(self, options):
        (sort,) = options["sort"]
        self._expect([sort["field"]])

        def key(row):
            value = row.get(sort["field"])
            return (value is not None, value) if sort["desc"] else (value is None, value)

        for rows in self.rows:
            rows.sort(key=lambda row: tuple(part for part in key(row) if part is not None), reverse=sort["desc"])

    def _groupingToMatrix(self, options):
        of, by, value = options["rowField"], options["columnField"], options["valueField"]
        self._expect([of, by, value])
        (rows,) = self.rows
        corner = f"{of}\\{by}"
        made = {}
        for row in rows:
            cells = made.setdefault(row[of], {corner: row[of]})
            if row[by] in cells:
                raise ValueError(f"two values for {row[of]}, {row[by]}")
            cells[row[by]] = row[value]
        self.fields = [corner, *dict.fromkeys(row[by] for row in rows)]
        self.rows = [list(made.values())]

    def _expect(self, fields):
        unknown = [field for field in fields if field not in self.fields]
        if unknown:
            raise ValueError(f"no field {', '.join(unknown)} among {', '.join(self.fields)}")

    def text(self, mappings=()):
        """For a terminal: `mappings` turn values into words, as in the panel."""
        said = {
            key: one["text"]
            for mapping in mappings
            if mapping["type"] == "value"
            for key, one in mapping["options"].items()
        }

        def show(value):
            plain = f"{value:g}" if isinstance(value, float) else "·" if value is None else str(value)
            return said.get(plain, plain)

        lines = [self.fields] + [[show(row.get(field)) for field in self.fields] for rows in self.rows for row in rows]
        wide = [max(len(line[column]) for line in lines) for column in range(len(self.fields))]
        return "\n".join("  ".join(cell.ljust(wide[at]) for at, cell in enumerate(line)).rstrip() for line in lines)
