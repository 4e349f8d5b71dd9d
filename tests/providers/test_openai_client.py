"""A client of the ``openai`` SDK that the caller already has: taken over whole, or refused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2
import openai
import pytest

from stream_widget.errors import InvalidRequestError
from stream_widget.providers import check_client
from stream_widget.providers.openai_client import OpenAIClients
from stream_widget.providers.registry import PROVIDERS, Endpoint
from stream_widget.request import Target

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET = Target("openai", "gpt-5-mini")
KEY = "planted-0123456789-secret"
PROXY = "http://127.0.0.1:9"


def used(client: object) -> openai.AsyncOpenAI:
    """The client that asks in the place of the caller's."""
    check_client(client, TARGET, "responses")
    where = Endpoint(PROVIDERS["openai"], None, "responses", "none", client, "client=…")
    return OpenAIClients().for_endpoint(where)


@pytest.mark.parametrize("make", [openai.OpenAI, openai.AsyncOpenAI])
def test_a_client_keeps_its_settings(make: Callable[..., Any]) -> None:
    client = used(
        make(
            api_key=KEY,
            base_url="http://127.0.0.1:9/v1",
            organization="org",
            project="proj",
            default_headers={"x-mine": "yes"},
            default_query={"api-version": "2026-01-01"},
        )
    )
    assert client.default_query == {"api-version": "2026-01-01"}
    assert client.default_headers["x-mine"] == "yes"
    assert (client.api_key, client.organization, client.project) == (KEY, "org", "proj")
    assert str(client.base_url) == "http://127.0.0.1:9/v1/"


def test_an_asynchronous_client_keeps_connections_of_its_own() -> None:
    mine = openai.AsyncOpenAI(api_key=KEY, http_client=openai.DefaultAsyncHttpxClient(proxy=PROXY))
    assert used(mine) is mine


@pytest.mark.parametrize(
    "http_client",
    [
        lambda: openai.DefaultHttpxClient(proxy=PROXY),
        lambda: httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200))),
    ],
)
def test_a_synchronous_client_with_connections_of_its_own_is_refused(
    http_client: Callable[[], httpx2.Client],
) -> None:
    client = openai.OpenAI(api_key=KEY, http_client=http_client())
    with pytest.raises(InvalidRequestError, match=r"Pass an AsyncOpenAI .*AsyncClient"):
        check_client(client, TARGET, "responses")


def test_a_synchronous_client_whose_key_is_a_function_is_refused() -> None:
    client = openai.OpenAI(api_key=lambda: KEY)
    with pytest.raises(InvalidRequestError, match=r"Pass an AsyncOpenAI .*async function"):
        check_client(client, TARGET, "responses")


def test_an_asynchronous_client_whose_key_is_a_function_is_asked_for_it() -> None:
    async def key() -> str:
        return KEY

    sent: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.headers["authorization"])
        return httpx2.Response(200, json={})

    async def ask() -> None:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http_client:
            client = used(openai.AsyncOpenAI(api_key=key)).with_options(http_client=http_client)
            await client.responses.retrieve("resp_1")

    asyncio.run(ask())
    assert sent == [f"Bearer {KEY}"]


def test_what_is_no_client_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match=r"takes an openai\.AsyncOpenAI .*not str"):
        check_client("sk-1", TARGET, "responses")
    azure = openai.AzureOpenAI(api_key=KEY, azure_endpoint=PROXY, api_version="v1")
    with pytest.raises(InvalidRequestError, match="Pass an AsyncAzureOpenAI"):
        check_client(azure, TARGET, "chat")
