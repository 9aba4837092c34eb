"""Settings: defaults, then a TOML file, then the environment; checked once, all faults listed together.

``SHOPGLASS_HOME`` and every ``SHOPGLASS_SECTION__KEY`` come from the environment; the TOML file is the one
``SHOPGLASS_CONFIG`` names, else ``shopglass.toml`` in the home folder if it is there.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from core.errors import BadSettings

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(Section):
    """url: SQLAlchemy URL; None means an SQLite file in the home folder."""

    url: SecretStr | None = None


class Models(Section):
    """encoder, detector: tags of registered models; device: where torch networks run; threads: per network."""

    encoder: str = "fused.default"
    detector: str = "yolo.garments"
    pose: Literal["lite", "full", "heavy", "off"] = "full"
    backend: Literal["auto", "openvino", "onnxruntime", "torch"] = "auto"
    threads: Positive = 2


class Images(Section):
    """Caps on what comes from outside: bytes of a file, pixels of a picture; longest: side kept after decoding."""

    max_bytes: Positive = 20_000_000
    max_pixels: Positive = 50_000_000
    longest: Positive = 640


class Fetch(Section):
    """Pictures by URL: seconds for a whole download, redirect hops, and hosts let through although private."""

    timeout: Seconds = 10.0
    redirects: Annotated[int, Field(ge=0, le=10)] = 3
    allow_hosts: tuple[str, ...] = ()
    at_once: Positive = 8


class Index(Section):
    """uri: a Milvus server's address; None means an embedded index in the home folder."""

    uri: str | None = None
    token: SecretStr | None = None
    type: Literal["FLAT", "HNSW", "IVF_FLAT", "IVF_PQ"] = "FLAT"
    parameters: dict[str, int] = Field(default_factory=dict)
    consistency: Literal["Strong", "Session", "Bounded", "Eventually"] = "Strong"
    timeout: Seconds = 5.0


class Jobs(Section):
    """redis: URL of a Redis or Valkey queue; None means an SQLite file in the home folder."""

    redis: SecretStr | None = None


class Ingest(Section):
    batch: Positive = 32
    decoders: Positive = 2


class Serve(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    queue: Positive = 32
    batch: Positive = 8


class Telemetry(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    json_logs: bool = False
    otlp: str | None = None


class Settings(BaseSettings):
    """The whole configuration, frozen. Build it with :func:`load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix="SHOPGLASS_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    home: Path = Field(default_factory=lambda: user_data_path("shopglass"))
    database: Database = Database()
    models: Models = Models()
    images: Images = Images()
    fetch: Fetch = Fetch()
    index: Index = Index()
    jobs: Jobs = Jobs()
    ingest: Ingest = Ingest()
    serve: Serve = Serve()
    telemetry: Telemetry = Telemetry()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = Path(os.environ.get("SHOPGLASS_HOME") or user_data_path("shopglass"))
        config = Path(os.environ.get("SHOPGLASS_CONFIG") or home / "shopglass.toml")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config)

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the catalogue database, password included: never log it."""
        if self.database.url is not None:
            return self.database.url.get_secret_value()
        return f"sqlite:///{self.home / 'shopglass.db'}"

    @property
    def models_dir(self) -> Path:
        return self.home / "models"


def load_settings(**overrides: object) -> Settings:
    """Read the settings; ``overrides`` win over environment and file.

    Raises BadSettings naming every faulty key at once, and an unknown key as a fault.
    """
    config = os.environ.get("SHOPGLASS_CONFIG")
    if config and not Path(config).is_file():
        raise BadSettings(f"SHOPGLASS_CONFIG names {config}, which is no file.", remedy="Correct the path or unset it.")
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise BadSettings(
            f"{len(faults)} setting(s) are not valid: " + "; ".join(faults),
            remedy="Correct them in the environment (SHOPGLASS_SECTION__KEY) or in shopglass.toml.",
        ) from error
