"""Later versions of the sandbox beside the version before; all of them, and more builds, in ``tox -e regress``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sartiq_sandbox import create_app
from sartiq_sandbox.variants import CATALOGUE

from accord.cases.aim import Aim, Intent
from accord.config import read_settings
from accord.findings.regression.difference import Kind
from accord.run.corpus.stored import Step, StoredCase, collected, write_corpus
from accord.run.options import Options
from accord.run.regression.regress import Asking, regress

ROOT = Path(__file__).parents[2]
VARIANTS = {variant.name: variant for variant in CATALOGUE}
LISTS = ("products", "brands", "subjects", "styles", "shot-types")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Give the project's settings with a corpus that reads five lists."""
    path = tmp_path_factory.mktemp("corpus") / "cases.ndjson"
    names = [(f"list_{name.replace('-', '_')}", f"/api/v1/{name}/") for name in LISTS]
    write_corpus(
        collected(
            StoredCase(
                operation=operation,
                description="0" * 16,
                aim=Aim(intent=Intent.VALID),
                status=200,
                steps=(Step(operation=operation, caller="default", method="GET", target=target),),
            )
            for operation, target in names
        ),
        path,
    )
    return replace(read_settings(ROOT), corpus=path)


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (None, set()),
        (
            "sku-renamed",
            {(Kind.GONE, f"{at}/sku") for at in ("", "/items/*")}
            | {(Kind.NEW, f"{at}/stock_code") for at in ("", "/items/*")},
        ),
        ("shot-types-newest-first", {(Kind.ORDER, "/items")}),
    ],
)
def test_a_later_version_is_told_by_what_changed(settings, variant, expected):
    """What its own document says as well is found beside the version before; an identical build is silent."""

    def later():
        return VARIANTS[variant].wrap(create_app()) if variant else create_app()

    asking = Asking(run=Options(explores=False, only="rest"), slower=None)
    found = regress(create_app, later, settings, asking, lambda _: None)
    # A link of the contract leads from the list of products to one of them, which is read as well.
    assert len(LISTS) + 1 == found.cases
    assert expected == {(item.mark.kind, item.mark.pointer) for item in found.differences}
