"""`tensorviz models` as a person or a program meets it.

Must not know how the catalogue is stored; torchvision is the judge of its figures.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from torchvision import models as published
from torchvision.models import get_model_weights, list_models

from tensorviz.cli.main import main
from tensorviz.core.catalogue import OwnEntry
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights.entries import entries_file, keep_entry

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]


def listed(capsys: Captured, *arguments: str) -> list[dict[str, Any]]:
    """The classifiers that the command prints as JSON, without the one that comes along (it may not be trained yet)."""
    assert main(["models", "--format", "json", *arguments]) == 0
    rows = json.loads(capsys.readouterr().out)
    return [row for row in rows if row["kind"] != "bundled" and row["task"] == "classify"]


def test_json_lists_every_builder_with_its_weights(capsys: Captured) -> None:
    rows = listed(capsys)
    assert [row["name"] for row in rows] == list_models(module=published)
    assert sum(len(row["weights"]) for row in rows) == 114
    resnet = next(row for row in rows if row["name"] == "resnet101")
    first = resnet["weights"][0]
    assert (resnet["task"], resnet["kind"], resnet["family"]) == ("classify", "torchvision", "ResNet")
    assert first["url"] == get_model_weights("resnet101").IMAGENET1K_V1.url
    assert (first["recipe"]["resize"], first["on_this_computer"], first["default"]) == (256, False, False)


def test_json_lines_are_the_same_objects(capsys: Captured) -> None:
    rows = listed(capsys, "--search", "resnet18")
    assert main(["models", "--format", "jsonl", "--search", "resnet18"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == rows


def test_csv_has_a_row_per_weights(capsys: Captured) -> None:
    assert main(["models", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    classifiers = {row["name"] for row in listed(capsys)}
    rows = [row for row in rows if row["model"] in classifiers]
    assert len(rows) == 114
    vit = next(row for row in rows if row["model"] == "vit_h_14")
    assert vit["parameters"] == str(get_model_weights("vit_h_14").DEFAULT.meta["num_params"])
    assert (vit["crop"], vit["interpolation"]) == ("518", "bicubic")


def test_text_is_a_table_with_straight_columns(capsys: Captured) -> None:
    assert main(["models", "--search", "wide resnet"]) == 0
    told = capsys.readouterr()
    head, *lines = told.out.splitlines()
    assert len(lines) == 4
    start = head.index("weights")
    assert all(line[start:].startswith("IMAGENET1K_V") and line[start - 1] == " " for line in lines)
    end = head.index("size") + len("size")
    assert all(line[:end].endswith("MB") for line in lines)
    assert sum(" *" in line for line in lines) == 2
    assert told.err == "2 models, 4 sets of weights.\n"
    assert main(["models", "--search", "wide resnet", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("size", "most"), [("50MB", 50e6), ("50 mb", 50e6), ("5000000", 5e6), ("12MiB", 12 * 2**20)])
def test_fits_keeps_what_is_small_enough(size: str, most: float, capsys: Captured) -> None:
    names = {(row["name"], weights["name"]) for row in listed(capsys, "--fits", size) for weights in row["weights"]}
    expected = {
        (name, weights.name)
        for name in list_models(module=published)
        for weights in get_model_weights(name)
        if weights.meta["categories"] and weights.meta["_file_size"] * 2**20 <= most
    }
    assert names == expected
    assert names


def figures(rows: list[dict[str, Any]], key: str) -> list[float]:
    return [row["weights"][0][key] for row in rows]


@pytest.mark.parametrize(
    ("sort", "key", "sign"),
    [
        ("accuracy", "accuracy_1", -1),
        ("size", "file_bytes", 1),
        ("parameters", "parameters", 1),
        ("gflops", "gflops", 1),
    ],
)
def test_sorting_puts_the_best_first(sort: str, key: str, sign: int, capsys: Captured) -> None:
    met = figures(listed(capsys, "--sort", sort), key)
    assert met == sorted(met, key=lambda value: sign * value)
    assert main(["models", "--format", "csv", "--sort", sort]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    classifiers = {row["name"] for row in listed(capsys)}
    values = [float(row[key]) for row in rows if row["model"] in classifiers]
    assert values == sorted(values, key=lambda value: sign * value)


def test_here_lists_what_is_on_this_computer(capsys: Captured) -> None:
    assert listed(capsys, "--here") == []
    weights_folder().mkdir(parents=True)
    (weights_folder() / "resnet101-63fe2227.pth").write_bytes(b"1234")
    (row,) = listed(capsys, "--here")
    assert [weights["name"] for weights in row["weights"]] == ["IMAGENET1K_V1"]
    assert row["weights"][0]["path"] == str(weights_folder() / "resnet101-63fe2227.pth")


def test_own_entries_are_listed_and_a_broken_list_is_said(capsys: Captured) -> None:
    keep_entry(OwnEntry("my birds", "resnet18", "/none/birds.pth"))
    assert listed(capsys)[-1]["name"] == "my birds"
    entries_file().write_text("{")
    assert main(["models", "--search", "alexnet"]) == 0
    assert "models.json.broken" in capsys.readouterr().err


def test_generators_are_listed_with_the_way_back(capsys: Captured) -> None:
    assert main(["models", "--task", "translate", "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out) if row["kind"] != "bundled"}
    assert len(rows) == 18
    book, authors = rows["horse2zebra"]["weights"]
    assert (book["name"], book["default"], book["way_back"]) == ("BOOK", True, "zebra2horse")
    assert book["url"].endswith("/horse2zebra_0.4.0.pth")
    assert (authors["url"].split(":")[0], authors["git_blob"], authors["sha256_prefix"]) == ("http", "", "")
    assert "recipe" not in book


def test_a_report_gets_the_list_instead_of_standard_output(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "models.json"
    assert main(["models", "--format", "json", "--report", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert len(json.loads(file.read_text())) >= 80
    assert main(["models", "--report", str(tmp_path / "none" / "x")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--task", "clasify"], ["--fits", "large"], ["--sort", "colour"], ["resnet"]])
def test_what_makes_no_sense_ends_with_2_and_a_sentence(arguments: list[str], capsys: Captured) -> None:
    assert main(["models", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1


def test_a_mistyped_task_is_answered_with_the_near_one(capsys: Captured) -> None:
    main(["models", "--task", "clasify"])
    assert "Did you mean classify?" in capsys.readouterr().err


def test_an_empty_list_is_still_a_list(capsys: Captured) -> None:
    assert listed(capsys, "--search", "no such model") == []
    assert main(["models", "--search", "no such model"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "arguments", ["['models']", "['fetch', '--list']", "['models', '--help']", "['fetch', '--help']"]
)
def test_no_torch_is_imported(arguments: str) -> None:
    run = f"import sys; from tensorviz.cli.main import main; code = main({arguments});"
    code = f"{run} sys.exit(code or 9 * ('torch' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
