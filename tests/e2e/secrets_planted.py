"""Keys that no one may ever see again; the tests look for them in all that leaves the kernel."""

from __future__ import annotations

from typing import Final

__all__ = ["GIVEN_KEY", "KEYS", "MACHINE_KEY", "VARIABLES"]

MACHINE_KEY: Final = "sk-planted-in-the-environment-6f1c2b7d9e"
GIVEN_KEY: Final = "sk-planted-as-an-argument-0a4d8e3b5c"
KEYS: Final = (MACHINE_KEY, GIVEN_KEY)

VARIABLES: Final = {"OPENAI_API_KEY": MACHINE_KEY, "PLANTED": GIVEN_KEY}
"""What a kernel finds: cells take the second key from here, so that no cell's source holds it."""
