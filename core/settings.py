"""Settings: defaults, then a TOML file, then the environment; checked once, all faults listed together.

``SHOPGLASS_HOME`` and every ``SHOPGLASS_SECTION__KEY`` come from the environment; the TOML file is the one
``SHOPGLASS_CONFIG`` names, else ``shopglass.toml`` in the home folder if it is there.
"""

import hmac
import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

import msgspec
from platformdirs import user_data_path
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)  # fmt: skip

from core.errors import BadSettings

Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda names: [n.strip() for n in names.split(",")] if isinstance(names, str) else names),
]
Scope = Literal["front", "merchant", "operator"]
SCOPES: tuple[str, ...] = get_args(Scope)
PREFIX = "SHOPGLASS_"
SHOP = r"[a-z][a-z0-9_]{0,31}"  # a folder's name and part of a database's
ELSEWHERE = {
    "SHOPGLASS_CONFIG",
    "SHOPGLASS_DATA",
    "SHOPGLASS_SHOP",
}  # read here and by the benchmarks; not settings themselves


def default_home() -> Path:
    """Where models, database and index live unless SHOPGLASS_HOME says otherwise."""
    return user_data_path("shopglass")


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(Section):
    """url: SQLAlchemy URL; None means an SQLite file in the home folder."""

    url: SecretStr | None = None


class Models(Section):
    """encoder, detector: tags of registered models, detector "off" for none; backend: of the networks; threads: for each."""

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
    allow_hosts: Names = ()
    at_once: Positive = 8


class Index(Section):
    """uri: a Milvus server's address; None means an embedded index in the home folder.

    consistency: what a query on a server waits for. Session sees this process's own writes at once and others' soon;
    Strong sees all, and every query waits some 200 ms for it (server 2.3.5: 4 ms without).
    """

    uri: str | None = None
    token: SecretStr | None = None
    type: Literal["FLAT", "HNSW", "IVF_FLAT", "IVF_SQ8", "IVF_PQ"] = "FLAT"
    parameters: dict[str, int] = Field(default_factory=dict)
    consistency: Literal["Strong", "Session", "Bounded", "Eventually"] = "Session"
    timeout: Seconds = 5.0


class Jobs(Section):
    """redis: URL of a Redis or Valkey queue; None means an SQLite file in the home folder."""

    redis: SecretStr | None = None


class Ingest(Section):
    batch: Positive = 32
    decoders: Positive = 2


class TryOn(Section):
    """keep: seconds that the result of a try-on asked for as a job is kept; prepare: whether an ingest makes garments ready
    for it; garments: megabytes that garments made ready may take, the least recently used go first."""

    keep: Seconds = 3600.0
    prepare: bool = True
    garments: Positive = 2000


class Boost(Section):
    """Scores of what is meant, by item, category and brand together, times ``factor`` up to and on the day ``until`` (UTC)."""

    item: str | None = None
    category: str | None = None
    brand: str | None = None
    factor: Annotated[float, Field(gt=0, le=10)]
    until: date


class Arm(Section):
    """One way to recommend that is tried, by its share of all weights; what is not said is as in the section recsys. policy:
    "slates" for pages chosen for the whole visit, by what ``shopglass train slates`` learnt."""

    name: Word
    weight: Annotated[float, Field(gt=0)] = 1.0
    explore: Annotated[float, Field(ge=0, le=0.5)] | None = None
    quota: Positive | None = None
    diversity: Annotated[float, Field(ge=0, le=1)] | None = None
    bought: bool | None = None
    most_of_category: Share | None = None
    most_of_brand: Share | None = None
    most_of_price_band: Share | None = None
    policy: Literal["slates"] | None = None


class Metric(Section):
    """What a unit did after it was exposed: whether it did something at all, how often, or for how much money.

    better: which way is good; margin: of a guardrail, the share of the first arm's mean that may be lost."""

    name: Word
    event: Literal["view", "click", "like", "hide", "add_to_cart", "remove_from_cart", "purchase", "search", "try_on"]
    counts: Literal["any", "times", "money"] = "any"
    role: Literal["primary", "guardrail", "other"] = "other"
    better: Literal["higher", "lower"] = "higher"
    margin: Annotated[float, Field(ge=0)] = 0.0


class Experiment(Section):
    """Arms that are compared with the first of them, and by what, one metric being the primary.

    days: after its exposure for which a unit's outcome is looked at, and after which alone it counts; before: days before
    the exposure whose outcome steadies the comparison, 0 for none; level: chance with which any interval of a metric ever
    misses; units: number of units at which intervals are to be narrowest; effect: share of the first arm's mean that is to
    be found with a chance of ``power``."""

    id: Word
    unit: Literal["user", "session"] = "user"
    arms: Annotated[tuple[Arm, ...], Field(min_length=2)]
    metrics: Annotated[tuple[Metric, ...], Field(min_length=1)]
    start: AwareDatetime
    end: AwareDatetime | None = None
    days: Annotated[float, Field(gt=0)] = 7.0
    before: Annotated[float, Field(ge=0)] = 28.0
    level: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    units: Positive = 10_000
    effect: Annotated[float, Field(gt=0)] = 0.05
    power: Annotated[float, Field(gt=0, lt=1)] = 0.8

    @model_validator(mode="after")
    def _of_one_piece(self) -> Self:
        for what, names in (("arms", [one.name for one in self.arms]), ("metrics", [one.name for one in self.metrics])):
            if len(set(names)) < len(names):
                raise ValueError(f"two {what} of one name")
        if sum(one.role == "primary" for one in self.metrics) != 1:
            raise ValueError("one metric must be the primary")
        if self.end is not None and self.end <= self.start:
            raise ValueError("the end is before the start")
        return self


class Fair(Section):
    """When a training is refused, 0 for never: a group's quality is clearly below this share of that of all (``quality``), or a
    group of products has clearly less than this share of the places that what is wanted of it would give it
    (``exposure``). Groups smaller than ``least``, in shoppers or in what they wanted, are not judged; nor are other ``kinds``
    than these: of a grocer's three hundred categories, some never stand among the first ten."""

    quality: Annotated[float, Field(ge=0, le=1)] = 0.1
    exposure: Annotated[float, Field(ge=0, le=1)] = 0.05
    least: Positive = 50
    kinds: tuple[Literal["place", "activity", "category", "price", "age"], ...] = ("place", "activity")


class Recsys(Section):
    """sources: recommenders of recall, besides popularity; quota: candidates of each; deadline: seconds after which what is
    left of an answer's stages is skipped. bought: whether what was bought may be recommended again; most_of_*: share of a
    list that one category, brand or price band may take; diversity: what a product loses for being like those before it;
    explore: share of a list, its end, that is drawn; boosts: rules with an end; experiments: that may be asked for by id; fair: what a
    training must keep to.

    key: of the hashes under which users and sessions are kept, None for one made in the home folder; former_keys:
    those used before; keep_days: how long events are kept."""

    key: SecretStr | None = None
    former_keys: tuple[SecretStr, ...] = ()
    keep_days: Positive = 730
    sources: Names = ("ease.nearby", "covisitation.window", "als.implicit", "content.nearest")
    quota: Positive = 150
    deadline: Seconds = 0.08
    bought: bool = False
    most_of_category: Share = 0.6
    most_of_brand: Share = 0.5
    most_of_price_band: Share = 0.7
    diversity: Annotated[float, Field(ge=0, le=1)] = 0.3
    explore: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    boosts: tuple[Boost, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    fair: Fair = Fair()

    @model_validator(mode="after")
    def _experiments_of_different_names(self) -> Self:
        if len({one.id for one in self.experiments}) < len(self.experiments):
            raise ValueError("two experiments of one id")
        return self


class Reports(Section):
    """budget: epsilon of differential privacy that reports which leave the service may spend while the events they told of are
    kept; most: events of one shopper that count in a report."""

    budget: Annotated[float, Field(gt=0)] = 4.0
    most: Positive = 5


class Access(Section):
    """required: whether callers need a key; pages: whether our own pages may do what a shop front may, without one; rate:
    units a minute of one caller (photo search costs 10, a try-on 50, what is not said 1); at_once: its requests at the
    same time; quota: its units a day. Limits hold for those with keys, and for our pages where keys are required."""

    required: bool = False
    pages: bool = True
    rate: Positive = 3000
    at_once: Positive = 32
    quota: Positive | None = None


class Pricing(Section):
    """approve_over: changes of a price by no more than this share are approved by rule, all others by a person."""

    approve_over: Share = 0.05


class Ranking(Section):
    """What an outcome is worth when candidates are put in order: points for a click, a cart and a purchase; value: what
    a purchase's points are multiplied by, beside the mean of all goods."""

    click: Annotated[float, Field(ge=0)] = 0.1
    cart: Annotated[float, Field(ge=0)] = 0.3
    purchase: Annotated[float, Field(ge=0)] = 1.0
    value: Literal["price", "margin", "none"] = "price"


class Serve(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    queue: Positive = 32
    batch: Positive = 8


class Telemetry(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    json_logs: bool = False
    otlp: str | None = None


class Settings(Section):
    """The whole configuration, frozen. Build it with :func:`load_settings`; alone, it is the defaults."""

    home: Annotated[Path, AfterValidator(lambda home: home.expanduser().absolute())] = Field(
        default_factory=default_home
    )
    database: Database = Database()
    models: Models = Models()
    images: Images = Images()
    fetch: Fetch = Fetch()
    index: Index = Index()
    jobs: Jobs = Jobs()
    ingest: Ingest = Ingest()
    tryon: TryOn = TryOn()
    recsys: Recsys = Recsys()
    reports: Reports = Reports()
    access: Access = Access()
    ranking: Ranking = Ranking()
    pricing: Pricing = Pricing()
    serve: Serve = Serve()
    telemetry: Telemetry = Telemetry()

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the catalogue database, password included: never log it."""
        if self.database.url is not None:
            return self.database.url.get_secret_value()
        return f"sqlite:///{self.home / 'shopglass.db'}"

    @property
    def models_dir(self) -> Path:
        return self.home / "models"

    def of_shop(self, name: str) -> "Settings":
        """The settings of a further shop: a home in this one's folder ``shops``, a database and a hashing key of its own.

        On a server its database is named after this one's, so that locks and backups are its own too.
        Raises BadSettings for a name that is none, and for SQLite elsewhere than in the home folder.
        """
        if not re.fullmatch(SHOP, name):
            raise BadSettings(
                f"{name!r} is no name of a shop.", remedy="Take 1 to 32 of a-z, 0-9 and _, a letter first."
            )
        return self.model_copy(
            update={
                "home": self.home / "shops" / name,
                "database": Database(url=self._database_of(name)),
                "recsys": self.recsys.model_copy(
                    update={
                        "key": self.recsys.key and _key_of(name, self.recsys.key),
                        "former_keys": tuple(_key_of(name, key) for key in self.recsys.former_keys),
                    }
                ),
            }
        )

    def _database_of(self, shop: str) -> SecretStr | None:
        if self.database.url is None:
            return None
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            address = make_url(self.database_url)
        except ArgumentError as error:
            raise BadSettings("The database URL is not valid.", remedy="Correct SHOPGLASS_DATABASE__URL.") from error
        if address.get_backend_name() == "sqlite":
            raise BadSettings(
                "Further shops have SQLite files in their homes; database.url names one elsewhere.",
                remedy="Leave database.url out, or name a PostgreSQL database.",
            )
        address = address.set(database=f"{address.database}_{shop}")
        return SecretStr(address.render_as_string(hide_password=False))


def load_settings(**overrides: Any) -> Settings:
    """Read the settings, and make the home folder, open to its owner alone, if it is not there.

    overrides: win over environment and file; sections as dicts.
    With SHOPGLASS_SHOP they are those of that shop, see :meth:`Settings.of_shop`.
    Raises BadSettings naming every faulty key at once; a key that does not exist is a fault too, and so is a shop that is not
    there.
    """
    environment, faults = _from_environment()
    home = Path(overrides.get("home") or environment.get("home") or default_home()).expanduser()
    file, unreadable = _from_file(home)
    faults += unreadable
    try:
        settings = Settings.model_validate(_merged(_merged(file, environment), overrides))
    except ValidationError as error:
        faults += [_described(fault) for fault in error.errors(include_input=False)]
    if not faults:
        try:
            settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            faults.append(f"home: the folder cannot be made ({error.strerror})")
    if faults:
        raise BadSettings(
            f"{len(faults)} setting(s) are not valid: {'; '.join(faults)}.",
            remedy="Correct them in the environment (SHOPGLASS_SECTION__KEY) or in shopglass.toml.",
        )
    shop = os.environ.get("SHOPGLASS_SHOP")
    if not shop:
        return settings
    settings = settings.of_shop(shop)
    if not settings.home.is_dir():
        raise BadSettings(f"There is no shop {shop}.", remedy=f"Run: SHOPGLASS_SHOP= shopglass shops add {shop}")
    return settings


def _key_of(shop: str, key: SecretStr) -> SecretStr:
    # Under one key a shopper of two shops would be one and the same to who reads both.
    return SecretStr(hmac.digest(key.get_secret_value().encode(), f"shop {shop}".encode(), "sha256").hex())


def _from_environment() -> tuple[dict[str, Any], list[str]]:
    """Sections and keys of the variables with our prefix, and faults; an empty value counts as none."""
    found: dict[str, Any] = {}
    faults: list[str] = []
    for variable, value in sorted(os.environ.items()):
        if not variable.upper().startswith(PREFIX) or variable.upper() in ELSEWHERE or not value:
            continue
        section, _, key = variable[len(PREFIX) :].lower().partition("__")
        if not key and section != "home":
            faults.append(f"{variable}: there is no such setting")
            continue
        try:
            given = msgspec.json.decode(value) if value[0] in "[{" else value
        except msgspec.DecodeError:
            faults.append(f"{variable}: not valid JSON")
            continue
        if key:
            found.setdefault(section, {})[key] = given
        else:
            found[section] = given
    return found, faults


def _from_file(home: Path) -> tuple[dict[str, Any], list[str]]:
    named = os.environ.get("SHOPGLASS_CONFIG")
    config = Path(named) if named else home / "shopglass.toml"
    try:
        return tomllib.loads(config.read_text(encoding="utf-8")), []
    except (FileNotFoundError, NotADirectoryError):
        return {}, [f"SHOPGLASS_CONFIG: there is no file {config}"] if named else []
    except OSError as error:
        return {}, [f"{config.name}: cannot be read ({error.strerror})"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [f"{config.name}: not valid TOML ({error})"]


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        under = both.get(key)
        both[key] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return both


def _described(fault: Any) -> str:
    key = ".".join(map(str, fault["loc"]))
    return f"{key}: {'there is no such setting' if fault['type'] == 'extra_forbidden' else fault['msg']}"
