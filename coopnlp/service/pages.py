"""A page that lists the calls, made from their description: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

__all__ = ["reference", "style"]

_FOLDER = Path(__file__).with_name("templates")


def reference(schema: dict[str, Any]) -> str:
    """Return the page of an OpenAPI description."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["code"] = _with_code
    return pages.get_template("docs.html").render(info=schema["info"], calls=_calls(schema), models=_models(schema))


def _with_code(text: str) -> Markup:
    """Return text with what stands between backquotes as code."""
    parts = [escape(part) for part in text.replace("``", "`").split("`")]
    return Markup("").join(
        part if n % 2 == 0 else Markup("<code>{}</code>").format(part) for n, part in enumerate(parts)
    )


@cache
def style() -> str:
    """Return the style sheet of the page."""
    return (_FOLDER / "docs.css").read_text(encoding="utf-8")


def _calls(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            contents = call.get("requestBody", {}).get("content", {})
            examples = contents.get("application/json", {}).get("examples", {}).values()
            found.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": call.get("summary", ""),
                    "description": call.get("description", ""),
                    "parameters": [
                        {
                            "name": parameter["name"],
                            "required": parameter.get("required", False),
                            "type": _type(parameter["schema"]),
                            "description": parameter.get("description", ""),
                        }
                        for parameter in call.get("parameters", [])
                    ],
                    "body": call.get("requestBody", {}).get("description", ""),
                    "media_types": list(contents),
                    "examples": [json.dumps(example["value"], ensure_ascii=False, indent=2) for example in examples],
                    "answers": [
                        {"status": status, "description": answer["description"], "type": _answered(answer)}
                        for status, answer in sorted(call["responses"].items())
                    ],
                }
            )
    return found


def _answered(answer: dict[str, Any]) -> str:
    return _type(answer.get("content", {}).get("application/json", {}).get("schema", {}))


def _models(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name, model in sorted(schema.get("components", {}).get("schemas", {}).items()):
        required = model.get("required", [])
        fields = [
            {
                "name": key,
                "type": _type(value),
                "required": key in required,
                "description": value.get("description", ""),
            }
            for key, value in model.get("properties", {}).items()
        ]
        found.append({"name": name, "description": model.get("description", ""), "fields": fields})
    return found


def _type(schema: dict[str, Any]) -> str:
    """Return a schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            kinds = [_type(part) for part in schema[key] if part.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        return " or ".join(json.dumps(value) for value in schema["enum"])
    if "prefixItems" in schema:
        return "[" + ", ".join(_type(part) for part in schema["prefixItems"]) + "]"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")
