"""The selection: which model answers, how good it will be, why, and what is learned from the answer."""

from orchestration.inference.selection.selector import Broken, Ready, Selector
from orchestration.inference.selection.task import Task, current_model

__all__ = ["Broken", "Ready", "Selector", "Task", "current_model"]
