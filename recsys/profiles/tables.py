"""The table of profiles. Times are Unix seconds in UTC; user is a keyed hash (:mod:`recsys.identity`)."""

from sqlalchemy import Float, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core import Base


class ProfileRow(Base):
    """A user's ledger as JSON, and when it was last added to."""

    __tablename__ = "shopper_profiles"

    user: Mapped[str] = mapped_column(String(64), primary_key=True)
    ledger: Mapped[str] = mapped_column(Text)
    updated: Mapped[float] = mapped_column(Float)
