"""Places, offices, posts, officials, and the accounts and tokens they sign in with."""

from .access import Account, AnsweredRequest, ApiToken
from .offices import Holding, Leave, Office, Official, Post
from .places import Place

__all__ = ["Account", "AnsweredRequest", "ApiToken", "Holding", "Leave", "Office", "Official", "Place", "Post"]
