"""How Sphinx builds the site from the pages of this folder: ``tox -e site``."""

from __future__ import annotations

project = "accord"
author = "the authors of accord"
extensions = ["myst_parser", "sphinx_copybutton"]
html_theme = "furo"
html_title = "accord"
exclude_patterns = ["_build", "rules/cases"]
source_suffix = {".md": "markdown"}
# Headings may be named in links, as on the forges where these pages are read too.
myst_heading_anchors = 4
myst_enable_extensions = ["fieldlist"]
# Only what is typed after the prompt is copied.
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
nitpicky = True
# The pages of the rules show exchanges in a notation of their own, for which there is no lexer.
suppress_warnings = ["misc.highlighting_failure"]
html_copy_source = False

_PAGES = "\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"


def _with_pages(_: object, name: str, source: list[str]) -> None:
    """Let the list of rules lead to their pages; as a file it is read on forges, which know no toctree."""
    if name == "rules/README":
        source[0] += _PAGES


def setup(app: object) -> None:
    """Take part in the reading of pages (an extension of Sphinx)."""
    app.connect("source-read", _with_pages)  # type: ignore[attr-defined]
