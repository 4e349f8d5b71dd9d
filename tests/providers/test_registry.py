from __future__ import annotations

import pytest

from stream_widget.errors import InvalidRequestError, MissingKeyError
from stream_widget.providers import PROVIDERS, endpoint
from stream_widget.request import Target

MINI = Target("openai", "gpt-5-mini")
LOCAL = {"ollama", "llamacpp", "vllm", "lmstudio", "scripted"}


def test_the_providers_are_those_of_the_contract() -> None:
    assert set(PROVIDERS) == LOCAL | {
        "openai",
        "xai",
        "groq",
        "anthropic",
        "deepseek",
        "openrouter",
    }


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_a_provider_on_this_machine_needs_no_key_and_any_other_does(name: str) -> None:
    target = Target(name, "some-model")
    if name in LOCAL:
        assert endpoint(target, api="responses", environ={}).api_key == "none"
        return
    variable = f"{name.upper()}_API_KEY"
    with pytest.raises(MissingKeyError, match=f"{name}:some-model.*{variable}.*scripted:sky"):
        endpoint(target, api="responses", environ={})
    found = endpoint(target, api="responses", environ={variable: "planted-secret"})
    assert found.api_key == "planted-secret"


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_keys_are_sent_over_a_safe_line_unless_they_stay_on_this_machine(name: str) -> None:
    url = PROVIDERS[name].base_url
    assert url is None or url.startswith("https://" if name not in LOCAL else "http://127.0.0.1:")


def test_the_argument_counts_more_than_the_environment() -> None:
    found = endpoint(MINI, api_key="mine", environ={"OPENAI_API_KEY": "other"})
    assert found.api_key == "mine"


def test_a_client_of_ones_own_needs_no_key_here() -> None:
    client = object()
    found = endpoint(MINI, client=client, environ={})
    assert (found.client, found.api_key) == (client, "none")


@pytest.mark.parametrize("given", ["  planted-secret", "planted-secret\n", "planted-secret\r\n"])
def test_blanks_that_were_pasted_with_a_key_are_taken_off(given: str) -> None:
    assert endpoint(MINI, api_key=given, environ={}).api_key == "planted-secret"
    assert endpoint(MINI, environ={"OPENAI_API_KEY": given}).api_key == "planted-secret"


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_key_is_none(blank: str) -> None:
    with pytest.raises(MissingKeyError):
        endpoint(MINI, environ={"OPENAI_API_KEY": blank})


@pytest.mark.parametrize("bad", ["planted-sécret", "planted\nsecret", "planted\x00secret"])
def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(bad: str) -> None:
    with pytest.raises(InvalidRequestError, match="check api_key=…") as caught:
        endpoint(MINI, api_key=bad, environ={})
    assert "planted" not in str(caught.value)
    with pytest.raises(InvalidRequestError, match="check OPENAI_API_KEY"):
        endpoint(MINI, environ={"OPENAI_API_KEY": bad})


def test_an_endpoint_does_not_show_its_key() -> None:
    assert "planted-secret" not in repr(endpoint(MINI, api_key="planted-secret"))


def test_the_server_may_be_another_one() -> None:
    assert endpoint(MINI, api_key="x").base_url == "https://api.openai.com/v1"
    found = endpoint(MINI, api_key="x", base_url="http://127.0.0.1:9/v1")
    assert found.base_url == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize("url", ["", "127.0.0.1:9", "ftp://127.0.0.1", "file:///etc/passwd"])
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequestError, match="base_url must begin with http"):
        endpoint(MINI, api_key="x", base_url=url)


@pytest.mark.parametrize(
    "url",
    ["http://", "http:///v1", "https://:80/v1", "http://[::1/v1", "http://my server/v1",
     "http://127.0.0.1\n/v1"],
)  # fmt: skip
def test_a_base_url_without_a_host_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequestError, match="base_url has no host that can be asked"):
        endpoint(MINI, api_key="x", base_url=url)


@pytest.mark.parametrize("port", ["port", "99999", "-1", "80 80"])
def test_a_base_url_with_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"base_url has no port .*http://127\.0\.0\.1:"):
        endpoint(MINI, api_key="x", base_url=f"http://localhost:{port}/v1")


@pytest.mark.parametrize(
    "url", ["http://localhost", "http://[::1]:8000/v1", "https://bücher.example:443/v1?a=b"]
)
def test_a_base_url_of_any_host_is_taken(url: str) -> None:
    assert endpoint(MINI, api_key="x", base_url=url).base_url == url


def test_the_key_is_looked_for_where_it_came_from() -> None:
    environ = {"OPENAI_API_KEY": "other"}
    assert endpoint(MINI, environ=environ).key_place == "OPENAI_API_KEY"
    assert endpoint(MINI, api_key="mine", environ=environ).key_place == "api_key=…"
    assert endpoint(MINI, client=object(), environ=environ).key_place == "client=…"
    assert endpoint(Target("ollama", "m"), environ=environ).key_place is None


def test_an_api_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="'telegraph'"):
        endpoint(MINI, api_key="x", api="telegraph")
