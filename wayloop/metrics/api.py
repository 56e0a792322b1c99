"""The face of metrics for other contexts."""

from wayloop.contracts.metrics import Metric, Reading
from wayloop.metrics.periods import PERIODS, NamedPeriod, borders, named_period
from wayloop.metrics.queries import read_metric, read_metrics
from wayloop.metrics.registry import BY_NAME, METRICS

__all__ = ["BY_NAME", "METRICS", "PERIODS", "Metric", "NamedPeriod", "Reading", "borders", "named_period", "read_metric", "read_metrics"]
