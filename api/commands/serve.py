"""``shopglass serve``: API, web page and worker in one process."""

import logging
from typing import Any

import rich_click as click

from api.terminal import messages
from core import Settings, load_settings


@click.command()
@click.option("--host", help="Address to listen on; the default answers this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the API, the web page and the job worker until interrupted."""
    asked = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load_settings(serve=asked) if asked else load_settings()
    run(settings)


def run(settings: Settings) -> None:
    """Serve until interrupted; raises what kept the service from starting."""
    import uvicorn

    from api.app import create_app

    app = create_app(settings)
    service = app.state.service

    class Server(uvicorn.Server):
        async def startup(self, *args: Any, **options: Any) -> None:
            await super().startup(*args, **options)
            if self.started:
                host, port = self.servers[0].sockets[0].getsockname()[:2]
                service.announce(f"http://{host}:{port}")
                messages().print(f"Shopglass serves on http://{host}:{port} (Ctrl+C stops it)", highlight=False)

    config = uvicorn.Config(
        app,
        host=settings.serve.host,
        port=settings.serve.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = Server(config)
    service.on_fault = lambda: setattr(server, "should_exit", True)
    # What keeps the service from starting is told once, in words: not by uvicorn with a traceback, too.
    logging.getLogger("uvicorn.error").addFilter(lambda record: service.fault is None)
    try:
        server.run()
    except KeyboardInterrupt:
        pass  # uvicorn shuts down in order on Ctrl+C and then raises the interrupt once more
    except SystemExit:
        if service.fault is None:
            raise
    if service.fault is not None:
        raise service.fault
