"""Frames become events: a decoder for each wire API; who speaks which, where, with what key."""

from stream_widget.providers.openai_client import OpenAIClients, ask_responses, check_client
from stream_widget.providers.openai_responses import ResponsesDecoder
from stream_widget.providers.registry import PROVIDERS, Endpoint, Provider, endpoint
from stream_widget.providers.responses_body import responses_body
from stream_widget.providers.warm_up import in_thread, warm_openai

__all__ = [
    "PROVIDERS",
    "Endpoint",
    "OpenAIClients",
    "Provider",
    "ResponsesDecoder",
    "ask_responses",
    "check_client",
    "endpoint",
    "in_thread",
    "responses_body",
    "warm_openai",
]
