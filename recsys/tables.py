"""Tables of the room. Times are Unix seconds in UTC; user and session are keyed hashes (:mod:`recsys.identity`)."""

from typing import Any

from sqlalchemy import JSON, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core import Base


class EventRow(Base):
    """One event, by the hash of its id."""

    __tablename__ = "shopper_events"
    __table_args__ = (
        Index("ix_shopper_events_user_time", "user", "time"),
        Index("ix_shopper_events_session_time", "session", "time"),
        Index("ix_shopper_events_time", "time"),
        Index("ix_shopper_events_received", "received", "id"),
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


class ShownRow(Base):
    """A list that was recommended. items: [id, propensity, drawn, standing by source of recall] by place; version: of the recommenders; experiment, arm: that
    it was given in."""

    __tablename__ = "recommendations"
    __table_args__ = (Index("ix_recommendations_time", "time"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    time: Mapped[float] = mapped_column(Float)
    user: Mapped[str | None] = mapped_column(String(64), index=True)
    session: Mapped[str | None] = mapped_column(String(64), index=True)
    placement: Mapped[str] = mapped_column(String(16))
    version: Mapped[str | None] = mapped_column(String(40))
    experiment: Mapped[str | None] = mapped_column(String(64))
    arm: Mapped[str | None] = mapped_column(String(64))
    items: Mapped[list[Any]] = mapped_column(JSON)


class ExposureRow(Base):
    """When a user or session, by its hash, was first treated by an experiment, and in which arm."""

    __tablename__ = "exposures"
    __table_args__ = (Index("ix_exposures_time", "time"),)

    experiment: Mapped[str] = mapped_column(String(64), primary_key=True)
    unit: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    arm: Mapped[str] = mapped_column(String(64))
    time: Mapped[float] = mapped_column(Float)


class SessionRow(Base):
    """A session that has signed in, and as whom."""

    __tablename__ = "shopper_sessions"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(64), index=True)
