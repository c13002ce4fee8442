"""Every page and endpoint says which duty opens it, and things are fetched through one gate per kind."""

import ast
import inspect

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import RedirectView

from tests.rules.house import WEIMIN, called, python_files, tree

# Pages of the sign-in package, reviewed one by one: each is for somebody signing in or for their own account only.
SIGN_IN_PAGES = {
    "account_change_password",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_set_password",
    "account_signup",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "openid_connect_callback",
    "openid_connect_login",
    "socialaccount_connections",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
}
# Django's and django-ninja's own pages, which carry no data of the county.
PLAIN_PAGES = {"set_language", "javascript-catalog", "openapi-json", "openapi-view", "api-root"}


def patterns(resolver=None):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        elif isinstance(entry, URLPattern):
            yield entry


def duties(view):
    """The duty of a page, or those of the operations of an endpoint of the API."""
    if hasattr(view, "duty"):
        return [view.duty]
    endpoint = inspect.getclosurevars(inspect.unwrap(view)).nonlocals.get("self")
    return [getattr(operation.view_func, "duty", None) for operation in getattr(endpoint, "operations", [])]


def is_sign_in(pattern):
    return pattern.callback.__module__.startswith("allauth.")


def says_nothing(pattern):
    return pattern.name in PLAIN_PAGES or getattr(pattern.callback, "view_class", None) is RedirectView


def test_every_address_names_its_duty():
    silent = [
        f"{pattern.pattern} ({pattern.name})"
        for pattern in patterns()
        if not (is_sign_in(pattern) or says_nothing(pattern))
        and (not duties(pattern.callback) or None in duties(pattern.callback))
    ]
    assert silent == []


def test_the_sign_in_pages_are_those_that_were_reviewed():
    assert {pattern.name for pattern in patterns() if is_sign_in(pattern)} == SIGN_IN_PAGES


def test_things_are_fetched_in_permissions_only():
    wrong = []
    for path in python_files(WEIMIN):
        if path.name == "permissions.py" or path.parent.name == "permissions":
            continue
        for node in ast.walk(tree(path)):
            name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", None)
            if name in {"get_object_or_404", "get_list_or_404"}:
                wrong.append(f"{called(path)}:{node.lineno}")
    assert wrong == []
