"""Frames become events: a decoder for each wire API; who speaks which, where, with what key."""

from stream_widget.providers.anthropic_client import require_anthropic
from stream_widget.providers.asking import Clients, as_sent, ask
from stream_widget.providers.given_client import check_client
from stream_widget.providers.registry import PROVIDERS, Endpoint, Provider, endpoint
from stream_widget.providers.warm_up import Once, in_thread

__all__ = [
    "PROVIDERS",
    "Clients",
    "Endpoint",
    "Once",
    "Provider",
    "as_sent",
    "ask",
    "check_client",
    "endpoint",
    "in_thread",
    "require_anthropic",
]
