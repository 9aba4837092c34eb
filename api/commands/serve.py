"""``shopglass serve``: API, web page and worker in one process."""

from contextlib import suppress
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

    class Server(uvicorn.Server):
        async def startup(self, *args: Any, **options: Any) -> None:
            await super().startup(*args, **options)
            if self.started:
                host, port = self.servers[0].sockets[0].getsockname()[:2]
                app.state.service.announce(f"http://{host}:{port}")
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
    app.state.service.on_fault = lambda: setattr(server, "should_exit", True)
    # uvicorn shuts down in order on Ctrl+C and then raises the interrupt once more.
    with suppress(KeyboardInterrupt):
        server.run()
    if app.state.service.fault is not None:
        raise app.state.service.fault
