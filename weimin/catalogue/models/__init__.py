"""Kinds of matter with limits and routes, dated time rules, answer templates, services, the knowledge base."""

from .articles import Article, ArticleAct, ArticleChange
from .changes import Change
from .kinds import AnswerTemplate, Kind, Question, Route
from .rules import TimeRule, Urgency
from .services import Service
from .triage import TriageModel

__all__ = [
    "AnswerTemplate",
    "Article",
    "ArticleAct",
    "ArticleChange",
    "Change",
    "Kind",
    "Question",
    "Route",
    "Service",
    "TimeRule",
    "TriageModel",
    "Urgency",
]
