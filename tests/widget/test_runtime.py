from __future__ import annotations

from stream_widget.widget.front_end import loader_text, module_text, whole_text
from stream_widget.widget.runtime import modules_of_a_widget


def test_without_a_jupyter_kernel_a_widget_has_the_whole_module() -> None:
    assert modules_of_a_widget() == (whole_text(), "")


def test_the_loader_and_the_module_are_of_one_build() -> None:
    build = loader_text().split('"')[1]
    assert len(build) == 12
    assert f'"{build}"' in module_text()
    assert f'"{build}"' in whole_text()
