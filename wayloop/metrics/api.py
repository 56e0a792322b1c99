"""The face of metrics for other contexts."""

from wayloop.contracts.metrics import Metric, Reading
from wayloop.metrics.queries import read_metric, read_metrics
from wayloop.metrics.registry import BY_NAME, METRICS

__all__ = ["BY_NAME", "METRICS", "Metric", "Reading", "read_metric", "read_metrics"]
