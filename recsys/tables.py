"""Tables of the room. Times are Unix seconds in UTC; user and session are keyed hashes (:mod:`recsys.identity`)."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core import Base


class EventRow(Base):
    """One event, by the hash of its id."""

    __tablename__ = "shopper_events"
    __table_args__ = (
        Index("ix_shopper_events_user_time", "user", "time"),
        Index("ix_shopper_events_session_time", "session", "time"),
        Index("ix_shopper_events_time", "time"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    time: Mapped[float] = mapped_column(Float)
    received: Mapped[float] = mapped_column(Float)
    user: Mapped[str | None] = mapped_column(String(64))
    session: Mapped[str | None] = mapped_column(String(64))
    item: Mapped[str | None] = mapped_column(String(128))
    query: Mapped[str | None] = mapped_column(Text)
    price: Mapped[float | None] = mapped_column(Float)
    quantity: Mapped[int] = mapped_column(Integer)
    recommendation: Mapped[str | None] = mapped_column(String(64))
    position: Mapped[int | None] = mapped_column(Integer)
    device: Mapped[str | None] = mapped_column(String(64))
    place: Mapped[str | None] = mapped_column(String(64))
    page: Mapped[str | None] = mapped_column(String(64))


class SessionRow(Base):
    """A session that has signed in, and as whom."""

    __tablename__ = "shopper_sessions"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(64), index=True)


class RecommendationRow(Base):
    """A list as it was shown. propensities: of each place, how likely the policy was to show that item there."""

    __tablename__ = "recommendations"
    __table_args__ = (
        Index("ix_recommendations_user", "user"),
        Index("ix_recommendations_session", "session"),
        Index("ix_recommendations_time", "time"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    time: Mapped[float] = mapped_column(Float)
    user: Mapped[str | None] = mapped_column(String(64))
    session: Mapped[str | None] = mapped_column(String(64))
    placement: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(Integer)
    variant: Mapped[str | None] = mapped_column(String(64))
    items: Mapped[list[str]] = mapped_column(JSON)
    propensities: Mapped[list[float]] = mapped_column(JSON)


class VersionRow(Base):
    """One trained version. state: training, live, previous (at most one of the last two), dropped."""

    __tablename__ = "recommender_versions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    folder: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(16))
    created: Mapped[float] = mapped_column(Float)
    first: Mapped[float] = mapped_column(Float)
    last: Mapped[float] = mapped_column(Float)
    events: Mapped[int] = mapped_column(BigInteger)
    tags: Mapped[dict[str, str]] = mapped_column(JSON)
    figures: Mapped[dict[str, float]] = mapped_column(JSON)


class ExperimentRow(Base):
    """variants: name → share of traffic; the first is the control."""

    __tablename__ = "experiments"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    started: Mapped[float] = mapped_column(Float)
    variants: Mapped[list[list[Any]]] = mapped_column(JSON)


class ExposureRow(Base):
    """Who met which variant first, and when."""

    __tablename__ = "experiment_exposures"
    __table_args__ = (Index("ix_experiment_exposures_subject", "subject"),)

    experiment: Mapped[str] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    variant: Mapped[str] = mapped_column(String(64))
    time: Mapped[float] = mapped_column(Float)


class SpentRow(Base):
    """Privacy budget spent by a report."""

    __tablename__ = "privacy_spent"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    time: Mapped[float] = mapped_column(Float)
    report: Mapped[str] = mapped_column(String(64))
    epsilon: Mapped[float] = mapped_column(Float)
