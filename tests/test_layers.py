"""Imports run one way (design.md): a package imports only from those before it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "coopnlp"
GROUND = {"types", "errors", "text", "resources", "traces", "words"}
ALLOWED = {
    **dict.fromkeys(GROUND, GROUND),
    "extract": GROUND,
    "gazetteer": GROUND,
    "themes": GROUND | {"extract"},
    "pipeline": GROUND | {"gazetteer"},
    "records": GROUND | {"gazetteer", "themes", "pipeline"},
    "register": GROUND,
    "catalogue": GROUND | {"gazetteer", "register"},
    "api": GROUND | {"extract", "gazetteer", "themes", "pipeline", "records"},
    "batch": GROUND | {"extract", "register", "api"},
    "web": GROUND | {"register", "catalogue", "exchange", "gazetteer", "themes"},
    "exchange": GROUND | {"gazetteer", "themes", "register", "catalogue"},
    "training": GROUND | {"extract", "gazetteer", "themes", "pipeline", "records", "register", "api"},
    "service": GROUND | {"extract", "gazetteer", "themes", "api", "batch"},
    "frames": GROUND | {"register"},
    "display": GROUND | {"register", "api"},
    "cli": None,
    "cli_accounts": GROUND | {"register"},
    "__main__": None,
    "__init__": None,
}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.module != "coopnlp" else [f"coopnlp.{a.name}" for a in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("coopnlp.")}
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    home = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    allowed = ALLOWED[home]
    if allowed is not None:
        assert _imports(path) - {home, "__version__"} <= allowed


@pytest.mark.parametrize(
    "module",
    ["coopnlp", *(f"coopnlp.{m}" for m in ("cli", "display", "extract", "frames", "gazetteer", "register", "service"))],
)
def test_importing_is_light(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('spacy', 'sklearn', 'torch') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
