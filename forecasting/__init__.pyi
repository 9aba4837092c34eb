from .alike import Alike, nearest
from .cleaning import Change, Refusal, Sales, clean, read_sales
from .contract import LEVELS, Forecast, Forecaster, forecaster, list_forecasters
from .explaining import Point, Told
from .federated import Federated, Privacy, average
from .monitoring import Health, Held, Monitoring
from .on_ray import forecast_on_ray
from .replenishment.network import Network, Place, Stock, store_of, two_levels
from .replenishment.orders import Planned, PurchaseOrder, PurchaseOrders, plan, read_stocks
from .replenishment.policies import Item, Proposal, list_policies, policy
from .replenishment.two_levels import Networks, plan_places, read_places
from .series import Frequency, Series
from .store import KIND, Forecasts, Made, Order, check_kept, forecast_function, forecast_sales
from .sums import named_groups

__all__ = [
    "KIND",
    "LEVELS",
    "Alike",
    "Change",
    "Federated",
    "Forecast",
    "Forecaster",
    "Forecasts",
    "Frequency",
    "Health",
    "Held",
    "Item",
    "Made",
    "Monitoring",
    "Network",
    "Networks",
    "Order",
    "Place",
    "Planned",
    "Point",
    "Privacy",
    "Proposal",
    "PurchaseOrder",
    "PurchaseOrders",
    "Refusal",
    "Sales",
    "Series",
    "Stock",
    "Told",
    "average",
    "check_kept",
    "clean",
    "forecast_function",
    "forecast_on_ray",
    "forecast_sales",
    "forecaster",
    "list_forecasters",
    "list_policies",
    "named_groups",
    "nearest",
    "plan",
    "plan_places",
    "policy",
    "read_places",
    "read_sales",
    "read_stocks",
    "store_of",
    "two_levels",
]
