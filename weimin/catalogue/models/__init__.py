"""Kinds of matter with their limits and routes, dated time rules, answer templates, and services."""

from .kinds import AnswerTemplate, Kind, Question, Route
from .rules import TimeRule, Urgency
from .services import Service

__all__ = ["AnswerTemplate", "Kind", "Question", "Route", "Service", "TimeRule", "Urgency"]
