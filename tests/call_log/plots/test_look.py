"""Marks are seen on light and dark charts, and told apart by colour-blind readers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from stream_widget.call_log.plots.look import (
    GREY,
    KIND_COLOURS,
    PALETTE,
    TOKEN_COLOURS,
    colours_of,
)

BACKGROUNDS = ("#ffffff", "#333333")
"""Of Vega's charts in JupyterLab: in its light theme, and in its dark one."""
# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
# deficiency" (2009), the matrices for its full degree.
SEEN_BY = {
    "everyone": np.eye(3),
    "protanopes": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]),
    "deuteranopes": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]),
    "tritanopes": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ light / [0.9505, 1, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("colour", sorted({*PALETTE, GREY}))
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_every_mark_stands_out_from_the_background_of_either_theme(
    colour: str, background: str
) -> None:
    assert contrast(colour, background) >= 3


@pytest.mark.parametrize("reader", SEEN_BY)
@pytest.mark.parametrize(
    "colours",
    [PALETTE, tuple(TOKEN_COLOURS.values()), tuple(KIND_COLOURS.values())],
    ids=["models", "tokens", "kinds"],
)
def test_colours_of_one_chart_differ_for_every_reader(
    colours: tuple[str, ...], reader: str
) -> None:
    # 2.3 is what an eye just notices.
    seen = [lab(np.clip(SEEN_BY[reader] @ linear(colour), 0, 1)) for colour in colours]
    distances = [float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)]
    assert min(distances) >= 10


def test_a_model_has_its_colour_whatever_its_rank() -> None:
    assert dict(zip("ba", colours_of(["b", "a"]), strict=True)) == dict(
        zip("ab", colours_of(["a", "b"]), strict=True)
    )
    assert colours_of([str(number) for number in range(8)])[-2:] == [GREY, GREY]
