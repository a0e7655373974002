"""Grafana's panels as this dashboard uses them: a function makes one, `place` puts them side by side."""

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
OK, WARN, BAD, NOTE, DUE = "dark-green", "orange", "red", "blue", "yellow"
NOTHING = {
    "type": "special",
    "options": {"match": "null", "result": {"text": "·", "color": "transparent", "index": 99}},
}


def query(expression, legend="__auto", table=False, instant=False):
    found = {"datasource": SOURCE, "editorMode": "code", "expr": expression}
    found |= {"format": "table" if table else "time_series", "instant": instant, "range": not instant}
    return found | {"legendFormat": legend}


def steps(base, *more):
    """Colours: `base` from below, then (value, colour) upwards."""
    return {"mode": "absolute", "steps": [{"color": base, "value": None}, *({"color": c, "value": v} for v, c in more)]}


def words(meanings):
    """Value mappings: {value: (text, colour)}."""
    options = {
        str(value): {"text": text, "color": colour, "index": index}
        for index, (value, (text, colour)) in enumerate(meanings.items())
    }
    return [{"type": "value", "options": options}, NOTHING]


def override(name, **properties):
    """Of the field of that name; `__` in a property's name stands for the dot."""
    listed = [{"id": key.replace("__", "."), "value": value} for key, value in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": listed}


def runbook(*alerts):
    return [link(f"Runbook: {alert}", f"runbooks/{alert}") for alert in alerts]


def link(title, path):
    return {"title": title, "url": "${docs:raw}/" + path, "targetBlank": True}


def panel(
    number, kind, title, description, queries, size, defaults, options, overrides=(), transformations=(), links=()
):
    targets = [{"refId": chr(ord("A") + index), **one} for index, one in enumerate(queries)]
    return {
        "id": number,
        "type": kind,
        "title": title,
        "description": description,
        "gridPos": {"x": 0, "y": 0, "w": size[0], "h": size[1]},
        "datasource": SOURCE,
        "targets": targets,
        "transformations": list(transformations),
        "fieldConfig": {"defaults": defaults, "overrides": list(overrides)},
        "options": options,
        "links": list(links),
        "pluginVersion": "10.0.0",
    }


def stat(number, title, description, expression, colours, unit="none", decimals=0, links=()):
    options = {
        "colorMode": "background",
        "graphMode": "none",
        "justifyMode": "center",
        "orientation": "auto",
        "textMode": "value",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    defaults = {"unit": unit, "decimals": decimals, "color": {"mode": "thresholds"}, "thresholds": colours}
    defaults["noValue"] = "no agent"
    return panel(
        number,
        "stat",
        title,
        description,
        [query(expression, "", instant=True)],
        (3, 4),
        defaults,
        options,
        links=links,
    )


def lines(
    number, title, description, queries, size, unit="short", stacked=False, step=False, colours=None, links=(), **more
):
    custom = {"drawStyle": "line", "lineInterpolation": "stepAfter" if step else "linear", "lineWidth": 1}
    custom |= {"fillOpacity": 30 if stacked else 5, "showPoints": "never", "spanNulls": False}
    custom["stacking"] = {"mode": "normal" if stacked else "none", "group": "A"}
    if colours:
        custom["thresholdsStyle"] = {"mode": "line"}
    defaults = {"unit": unit, "min": 0, "color": {"mode": "palette-classic"}, "custom": custom}
    defaults |= {"thresholds": colours or steps("green"), **more}
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    asked = [query(expression, legend) for expression, legend in queries]
    return panel(number, "timeseries", title, description, asked, size, defaults, options, links=links)


def bars(number, title, description, expression, legend, size, colours, unit, links=(), **more):
    """One bar a series, in the order of the answer."""
    defaults = {"unit": unit, "min": 0, "color": {"mode": "thresholds"}, "thresholds": colours, **more}
    options = {
        "displayMode": "basic",
        "orientation": "horizontal",
        "showUnfilled": True,
        "valueMode": "color",
        "minVizHeight": 16,
        "minVizWidth": 8,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    asked = [query(expression, legend, instant=True)]
    return panel(number, "bargauge", title, description, asked, size, defaults, options, links=links)


def timeline(number, title, description, expression, legend, size, meanings, links=()):
    """A line a series, its colour by the value at the time."""
    defaults = {"color": {"mode": "thresholds"}, "thresholds": steps(NOTE), "mappings": words(meanings)}
    defaults |= {"custom": {"fillOpacity": 80, "lineWidth": 0}, "noValue": "none"}
    options = {
        "alignValue": "center",
        "mergeValues": True,
        "rowHeight": 0.8,
        "showValue": "never",
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return panel(
        number, "state-timeline", title, description, [query(expression, legend)], size, defaults, options, links=links
    )


def table(number, title, description, queries, size, names, sort=None, overrides=(), links=(), defaults=None):
    """`queries` that all have series or none: with several Grafana calls their values "Value #A" and so on, and a row is what
    has the same labels. `names`: {field: heading}, in order: the labels a query ends with. `sort`: (heading, descending).
    """
    several = len(queries) > 1
    fields = {"Value" if field == "Value #A" and not several else field: heading for field, heading in names.items()}
    organize = {
        "excludeByName": {"Time": True},
        "indexByName": {field: index for index, field in enumerate(fields)},
        "renameByName": fields,
    }
    changes = [{"id": "merge", "options": {}}] if several else []
    changes.append({"id": "organize", "options": organize})
    if sort:
        changes.append(_sort(*sort))
    asked = [query(expression, table=True, instant=True) for expression in queries]
    return _table(number, title, description, asked, size, defaults or {}, overrides, changes, links)


def matrix(
    number,
    title,
    description,
    expression,
    rows,
    columns,
    size,
    links=(),
    overrides=(),
    wide=56,
    sort=(),
    names=(),
    **more,
):
    """`rows`, `columns`: label names. A cell is the value of the series that has both; · where there is none. `sort`: (heading,
    descending), else by row. `names`: {column: heading}. `more`: of every cell."""
    heading = rows.removeprefix("pgd_")
    to_matrix = {"rowField": rows, "columnField": columns, "valueField": "Value", "emptyValue": "null"}
    headings = {f"{rows}\\{columns}": heading, **dict(names)}
    changes = [
        _sort(columns),
        {"id": "groupingToMatrix", "options": to_matrix},
        {"id": "organize", "options": {"renameByName": headings, "excludeByName": {}, "indexByName": {}}},
        _sort(*(sort or (heading,))),
    ]
    custom = {"align": "center", "cellOptions": {"type": "color-background", "mode": "basic"}, "minWidth": wide}
    cells = {"mappings": [NOTHING], "thresholds": steps(OK), "color": {"mode": "thresholds"}, **more, "custom": custom}
    first = override(heading, custom__cellOptions={"type": "auto"}, custom__align="left", custom__minWidth=150)
    asked = [query(expression, table=True, instant=True)]
    return _table(number, title, description, asked, size, cells, [first, *overrides], changes, links)


def _sort(field, descending=False):
    return {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": field, "desc": descending}]}}


def _table(number, title, description, asked, size, defaults, overrides, changes, links):
    options = {"cellHeight": "sm", "showHeader": True}
    defaults = {"custom": {"align": "auto", "cellOptions": {"type": "auto"}}, "noValue": "none", **defaults}
    return panel(number, "table", title, description, asked, size, defaults, options, overrides, changes, links)


def row(number, title, panels, collapsed=False):
    return {
        "id": number,
        "type": "row",
        "title": title,
        "collapsed": collapsed,
        "panels": panels,
        "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1},
    }


def place(rows):
    """The panels as the dashboard lists them: from left to right, a new line where the width of 24 is used up."""
    listed, top = [], 0
    for one in rows:
        one["gridPos"]["y"] = top
        x, y, tallest = 0, top + 1, 0
        for inner in one["panels"]:
            grid = inner["gridPos"]
            if x + grid["w"] > 24:
                x, y, tallest = 0, y + tallest, 0
            grid.update(x=x, y=y)
            x, tallest = x + grid["w"], max(tallest, grid["h"])
        top = y + tallest
        listed.append(one)
        if not one["collapsed"]:
            listed += one["panels"]
            one["panels"] = []
    return listed
