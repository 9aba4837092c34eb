"""Traces of requests, sent to a collector where the settings name one."""

from typing import TYPE_CHECKING

from litestar.plugins.opentelemetry import OpenTelemetryConfig, OpenTelemetryPlugin

from core.errors import BadSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


def tracer_provider(endpoint: str) -> "TracerProvider":
    """What sends spans to the address of an OTLP collector; shut it down to send the last ones.

    Raises BadSettings where the extra ``traces`` is not installed.
    """
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise BadSettings(
            "telemetry.otlp needs an exporter that is not installed.", remedy="Run: pip install 'shopglass[traces]'"
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": "shopglass"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider


def tracing(provider: "TracerProvider") -> OpenTelemetryPlugin:
    """Spans of requests by route; neither headers nor bodies are in them."""
    return OpenTelemetryPlugin(OpenTelemetryConfig(tracer_provider=provider, exclude_spans=["receive", "send"]))
