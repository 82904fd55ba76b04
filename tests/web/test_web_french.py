"""Screen texts in French are set with the spaces and marks of French."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import coopnlp.web

TEMPLATES = sorted((Path(coopnlp.web.__file__).parent / "templates").glob("*.html"))
_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|<(script|style|code|kbd)\b.*?</\1>|<[^<>]*>", re.S)
_SHOWN = re.compile(r"\{\{.*?\}\}", re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_template_is_set_with_care(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    # attributes that are read aloud or shown are text as well
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', _SHOWN.sub("x", source))
    text = _SHOWN.sub("x", _CODE.sub("\n", _SHOWN.sub("x", source)))
    for told in [*text.splitlines(), *spoken]:
        assert not re.search(r"\w'\w", told), f"apostrophe: {told}"
        assert not re.search(r"[\w»)] [:;?!»]|« ", told), f"a space that breaks: {told}"
        assert not re.search(
            r"[\wx)][;?!»](?![\w#])|«[^&\u00a0\s]", told.replace("&nbsp;", "\u00a0").replace("&amp;", "&")
        ), f"no space: {told}"
        assert "..." not in told and '"' not in told, told
