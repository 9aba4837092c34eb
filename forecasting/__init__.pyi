from .cleaning import Change, Refusal, Sales, clean, read_sales
from .contract import LEVELS, Forecast, Forecaster, forecaster, list_forecasters
from .series import Frequency, Series

__all__ = [
    "LEVELS",
    "Change",
    "Forecast",
    "Forecaster",
    "Frequency",
    "Refusal",
    "Sales",
    "Series",
    "clean",
    "forecaster",
    "list_forecasters",
    "read_sales",
]
