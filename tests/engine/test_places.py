"""Where files are kept.

Must not know what the files mean; torch.hub is the judge of its own folder.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tensorviz.engine import places


@pytest.mark.parametrize(
    "variables",
    [{}, {"TORCH_HOME": "~/somewhere"}, {"XDG_CACHE_HOME": "/var/x"}, {"TORCH_HOME": "/t", "XDG_CACHE_HOME": "/x"}],
)
def test_the_weights_folder_is_the_one_of_torch_hub(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert places.weights_folder() == Path(torch.hub.get_dir()) / "checkpoints"


def test_settings_and_caches_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TENSORVIZ_CONFIG_HOME", str(tmp_path / "a"))
    monkeypatch.setenv("TENSORVIZ_CACHE_HOME", str(tmp_path / "b"))
    assert (places.config_folder(), places.cache_folder()) == (tmp_path / "a", tmp_path / "b")
    monkeypatch.delenv("TENSORVIZ_CONFIG_HOME")
    monkeypatch.delenv("TENSORVIZ_CACHE_HOME")
    assert "tensorviz" in places.config_folder().parts
    assert "tensorviz" in places.cache_folder().parts


def test_assets_of_an_installed_package_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "site" / "tensorviz"
    package.mkdir(parents=True)
    monkeypatch.setattr(places, "PACKAGE", package)
    assert places.assets_folder() == tmp_path / "site" / "assets"
    (package / "assets").mkdir()
    assert places.assets_folder() == package / "assets"


def test_the_catalogue_is_among_the_assets() -> None:
    assert (places.assets_folder() / "catalogue" / "torchvision.json").is_file()
