"""How each provider says that a field of a request is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from stream_widget.scripted.ask import RefusedRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["AnthropicWords", "OpenAIWords", "Words"]


class Words(Protocol):
    """Refusals of a field, by what is wrong with it."""

    def wrong_type(self, name: str, *, expected: str, value: object) -> RefusedRequestError:
        """The value is of another type; ``expected`` has its article: ``a string``."""
        ...

    def not_a_choice(
        self, name: str, *, value: object, choices: Iterable[str]
    ) -> RefusedRequestError:
        """The value is none of those there are."""
        ...

    def below(self, name: str, *, value: float, least: float) -> RefusedRequestError:
        """The number is too small."""
        ...

    def above(self, name: str, *, value: float, most: float) -> RefusedRequestError:
        """The number is too large."""
        ...

    def missing(self, name: str) -> RefusedRequestError:
        """There is no such field, and there must be."""
        ...

    def too_few(self, name: str) -> RefusedRequestError:
        """The list is empty, and must not be."""
        ...


class OpenAIWords:
    """As OpenAI says it (seen 2026-06)."""

    def wrong_type(self, name: str, *, expected: str, value: object) -> RefusedRequestError:
        """The value is of another type."""
        return RefusedRequestError(
            f"Invalid type for '{name}': expected {expected}, but got {value!r} instead.",
            code="invalid_type",
            param=name,
        )

    def not_a_choice(
        self, name: str, *, value: object, choices: Iterable[str]
    ) -> RefusedRequestError:
        """The value is none of those there are."""
        listed = ", ".join(f"'{choice}'" for choice in choices)
        return RefusedRequestError(
            f"Invalid value: '{value}'. Supported values are: {listed}.",
            code="invalid_value",
            param=name,
        )

    def below(self, name: str, *, value: float, least: float) -> RefusedRequestError:
        """The number is too small."""
        return RefusedRequestError(
            f"Invalid '{name}': {value} is below the minimum {least:g}.",
            code="integer_below_min_value",
            param=name,
        )

    def above(self, name: str, *, value: float, most: float) -> RefusedRequestError:
        """The number is too large."""
        return RefusedRequestError(
            f"Invalid '{name}': {value} is above the maximum {most:g}.",
            code="decimal_above_max_value",
            param=name,
        )

    def missing(self, name: str) -> RefusedRequestError:
        """There is no such field, and there must be."""
        return RefusedRequestError(
            f"Missing required parameter: '{name}'.", code="missing_required_parameter", param=name
        )

    def too_few(self, name: str) -> RefusedRequestError:
        """The list is empty, and must not be."""
        return RefusedRequestError(
            f"Invalid '{name}': empty array. Expected an array with minimum length 1, but got an "
            "empty array instead.",
            code="empty_array",
            param=name,
        )


class AnthropicWords:
    """As Anthropic says it (seen 2026-06): the field, a colon, and what it should be."""

    def wrong_type(self, name: str, *, expected: str, value: object) -> RefusedRequestError:  # noqa: ARG002 - Anthropic does not repeat the value
        """The value is of another type."""
        return _refused(name, f"Input should be {expected.replace('a ', 'a valid ', 1)}")

    def not_a_choice(
        self,
        name: str,
        *,
        value: object,  # noqa: ARG002 - as above
        choices: Iterable[str],
    ) -> RefusedRequestError:
        """The value is none of those there are."""
        *first, last = (f"'{choice}'" for choice in choices)
        listed = f"{', '.join(first)} or {last}" if first else last
        return _refused(name, f"Input should be {listed}")

    def below(self, name: str, *, value: float, least: float) -> RefusedRequestError:  # noqa: ARG002 - as above
        """The number is too small."""
        return _refused(name, f"Input should be greater than or equal to {least:g}")

    def above(self, name: str, *, value: float, most: float) -> RefusedRequestError:  # noqa: ARG002 - as above
        """The number is too large."""
        return _refused(name, f"Input should be less than or equal to {most:g}")

    def missing(self, name: str) -> RefusedRequestError:
        """There is no such field, and there must be."""
        return _refused(name, "Field required")

    def too_few(self, name: str) -> RefusedRequestError:
        """The list is empty, and must not be."""
        return _refused(name, "at least one item is required")


def _refused(name: str, words: str) -> RefusedRequestError:
    return RefusedRequestError(f"{name}: {words}", param=name)
