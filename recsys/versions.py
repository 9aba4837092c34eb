"""Versions of what was trained: folders of the home, and one file that says which of them serves."""

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from filelock import FileLock

from core import replacing
from core.errors import Conflict, NotFound
from core.settings import Ranking as RankingSettings
from recsys.bias import BiasReport
from recsys.gathering import Gathered
from recsys.model import Model
from recsys.ranking.goods import Goods
from recsys.ranking.ranking import Ranking

FOLDER = "recommenders"
KEPT = 3
"""Versions that are kept: the live one, the one before, and one more to look at."""


class Trained(msgspec.Struct, frozen=True, kw_only=True):
    """One version. first, last: of the events it was trained on; tags and weights: of its sources; catalogue: the index
    version whose vectors it saw, None without one; ranker: of the second stage, None where too few lists were shown to
    learn from; losses: normalised entropy of every ranker that was tried; counted: Unix seconds up to which its counts go."""

    id: str
    created: datetime
    first: datetime
    last: datetime
    events: int
    users: int
    items: int
    tags: tuple[str, ...]
    weights: tuple[float, ...]
    catalogue: int | None
    ranker: str | None = None
    losses: dict[str, float] = {}
    counted: float = 0.0


class _Pointer(msgspec.Struct, frozen=True):
    live: str
    previous: str | None = None


class Versions:
    """Those of one home folder. Safe to share between threads and processes."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self._file = self.folder / "live.json"

    def add(
        self, model: Model, gathered: Gathered, catalogue: int | None, bias: BiasReport | None = None,
        ranking: Ranking | None = None, counted: float = 0.0,
    ) -> Trained:  # fmt: skip
        """Write a version and make it the live one; the oldest go. bias: how it treats groups."""
        now = datetime.now(UTC)
        told = Trained(
            id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
            created=now,
            first=datetime.fromtimestamp(gathered.first, UTC),
            last=datetime.fromtimestamp(gathered.last, UTC),
            events=gathered.events,
            users=len(gathered.seen.users),
            items=len(gathered.seen.items),
            tags=model.recall.sources,
            weights=tuple(round(float(one), 4) for one in model.recall.weights),
            catalogue=catalogue,
            ranker=ranking.told.tag if ranking else None,
            losses={tag: round(loss, 4) for tag, loss in ranking.told.losses.items()} if ranking else {},
            counted=counted,
        )
        folder = self.folder / told.id
        model.save(folder)
        if ranking is not None:
            ranking.save(folder / "ranking")
        if bias is not None:
            (folder / "bias.json").write_bytes(msgspec.json.encode(bias))
        with replacing(folder / "version.json") as part:  # written last: without it the folder is no version
            part.write_bytes(msgspec.json.encode(told))
        with self._turn():
            before = self._pointer()
            self._point(_Pointer(told.id, before.live if before else None))
            self._sweep()
        return told

    def list(self) -> tuple[Trained, ...]:
        """All there are, oldest first."""
        found = (msgspec.json.decode(file.read_bytes(), type=Trained) for file in self.folder.glob("*/version.json"))
        return tuple(sorted(found, key=lambda one: (one.created, one.id)))

    def live(self) -> Trained:
        """Raises NotFound before the first training."""
        pointer = self._pointer()
        if pointer is None:
            raise NotFound("No recommenders are trained yet.", remedy="Run: shopglass recommend train")
        return msgspec.json.decode((self.folder / pointer.live / "version.json").read_bytes(), type=Trained)

    def load(self, version: Trained) -> Model:
        return Model.load(self.folder / version.id)

    def ranking(self, version: Trained, goods: Goods, values: RankingSettings) -> Ranking | None:
        """Its second stage; goods: those of the model, with what is new behind them."""
        return Ranking.load(self.folder / version.id / "ranking", goods, values) if version.ranker else None

    def refuse(self, bias: BiasReport) -> None:
        """Keep what the last training was refused for."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing(self.folder / "refused.json") as part:
            part.write_bytes(msgspec.json.encode(bias))

    def bias(self, version: Trained | None) -> BiasReport:
        """How a version treats groups; without one, how the last training would have that was refused. Raises NotFound."""
        file = self.folder / (f"{version.id}/bias.json" if version else "refused.json")
        try:
            return msgspec.json.decode(file.read_bytes(), type=BiasReport)
        except FileNotFoundError as error:
            raise NotFound(
                "There is no such report.", remedy="It takes a training on events of twenty shoppers."
            ) from error

    def rollback(self) -> Trained:
        """Make the version before the live one again; once more undoes it. Raises Conflict where there is none."""
        with self._turn():
            pointer = self._pointer()
            if pointer is None or pointer.previous is None:
                raise Conflict("There is no version before this one.", remedy="Train again instead.")
            self._point(_Pointer(pointer.previous, pointer.live))
        return self.live()

    def stamp(self) -> int:
        """Changes whenever another version becomes the live one; cheap to ask."""
        try:
            return self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _pointer(self) -> _Pointer | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Pointer)
        except FileNotFoundError:
            return None

    def _point(self, pointer: _Pointer) -> None:
        with replacing(self._file) as part:
            part.write_bytes(msgspec.json.encode(pointer))

    def _sweep(self) -> None:
        pointer = self._pointer()
        needed = {pointer.live, pointer.previous} if pointer else set()
        for old in self.list()[:-KEPT]:
            if old.id not in needed:
                shutil.rmtree(self.folder / old.id, ignore_errors=True)

    def _turn(self) -> FileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / ".lock")
