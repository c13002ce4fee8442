"""Kinds of matter with their limits and routes, dated time rules, answer templates, services, and what changed."""

from .changes import Change
from .kinds import AnswerTemplate, Kind, Question, Route
from .rules import TimeRule, Urgency
from .services import Service

__all__ = ["AnswerTemplate", "Change", "Kind", "Question", "Route", "Service", "TimeRule", "Urgency"]
