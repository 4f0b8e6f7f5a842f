"""The selection: which model answers, how good it will be, why, and what is learned from the answer."""

from orchestration.inference.selection.selector import Selector
from orchestration.inference.selection.task import Task, current_model

__all__ = ["Selector", "Task", "current_model"]
