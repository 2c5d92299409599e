"""DataWeave's own engine (the package dataweave-native) as an oracle of differential.ts: lines of JSON in and out."""
import json
import re
import sys

import dataweave


def script(expression):
    """With `output application/json` in its header, which it gets if it has none."""
    parts = re.split(r"(?m)^---\s*$", expression, maxsplit=1)
    head, body = parts if len(parts) == 2 else ("", expression)
    if not re.search(r"(?m)^\s*output\s", head):
        head = (head.rstrip() or "%dw 2.0") + "\noutput application/json indent=false\n"
    return f"{head}---\n{body}"


def answer(engine, case):
    inputs = {
        name: {"content": json.dumps(value), "mimeType": "application/json"}
        for name, value in case["context"].items()
    }
    result = engine.run(script(case["expr"]), inputs)
    if not result.success:
        return {"error": result.error}
    raw = result.get_string()
    try:
        return {"ok": json.loads(raw) if raw else None, "raw": raw}
    except ValueError:
        return {"raw": raw}


with dataweave.DataWeave() as engine:
    for line in sys.stdin:
        print(json.dumps(answer(engine, json.loads(line)), ensure_ascii=False), flush=True)
