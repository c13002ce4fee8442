"""Nothing of one county is found, read or moved from another: not by its address, nor by session, key or body.

Every address with a gap is filled with what is of Baihe and knocked at in Qingshan, by somebody who could do it all at
home: the same knock in Baihe is the control. Two counties need PostgreSQL.
"""

import pytest

from tests.web.across import ALL, both, counties, county_b, knock, leaks
from tests.web.neighbour import address_in
from tests.web.test_matrix import METHODS, word

__all__ = ["both", "counties", "county_b"]  # fixtures, used below by their names

# Gaps that name what is no county's: rules, years, formats; and keys of sign-in pages, which open nothing here.
OF_ALL = {"fmt", "rule", "year", "provider_id", "uidb36", "key", "gateway"}
AIMED = [(name, gaps) for name, _route, gaps in ALL if set(gaps) - OF_ALL]
# --- in the path ----------------------------------------------------------------------------------------------------

# Where the answer in Qingshan is not 404. To residents a number nobody has and one of elsewhere are told the same way.
NOT_404 = {
    **dict.fromkeys(
        ("matters:my", "matters:receipt", "matters:receipt_save", "matters:my_add", "matters:my_rate",
         "matters:my_reopen", "matters:my_appeal", "matters:my_withdraw"), "receipt",
    ),
    # the sign-in is asked anew before the key is looked for
    "mfa_remove_webauthn": "yes", "mfa_edit_webauthn": "yes",
    # "drop this view" is done when there is no such view
    "matters:desk_drop_view": "yes",
}  # fmt: skip
# Where the method itself is refused, before anything is looked for.
NOT_SO = {"matters:open311_definition", "matters:open311_request", "matters:open311_token"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "gaps"), AIMED, ids=[name for name, _gaps in AIMED])
def test_what_is_of_baihe_is_not_there_in_qingshan(counties, name, gaps, method):
    here, there = counties
    path, body = address_in(there, name, gaps), there.body(name)
    at_home = knock(there, path, method, name, by=there, body=body)
    abroad = knock(here, path, method, name, by=here, body=body)
    if word(at_home) == "-" or (name in NOT_SO and method == "POST"):
        assert word(abroad) == word(at_home)
    else:
        assert word(at_home) in ("yes", "422")  # it is there; some of it is not to be ended while others hang on it
        assert word(abroad) == NOT_404.get(name, "none")
    assert (leaks(abroad), abroad.changed) == ([], [])


# --- in the session, in the key, in the host name -------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "route", "gaps"), ALL, ids=[name for name, _route, _gaps in ALL])
def test_who_comes_from_baihe_is_nobody_in_qingshan(counties, name, route, gaps, method):
    here, there = counties
    path = "/" + route if name == route else address_in(here, name, gaps)
    body = here.body(name)
    stranger = knock(here, path, method, name, by=there, body=body)
    nobody = knock(here, path, method, name, by=None, body=body)
    assert word(stranger) == word(nobody)
    assert leaks(stranger) == []
    if word(stranger) in ("sign-in", "receipt", "key", "none", "-"):
        assert stranger.changed == []


# --- in the body ----------------------------------------------------------------------------------------------------

# What is answered to what is right but for the names in it, which are those of Baihe.
CROSSED = {
    "catalogue:desk_new_article": 422, "catalogue:desk_article": 422,
    "matters:file_kind": 200, "matters:file_where": 200, "matters:follow": 200,
    "matters:open311_requests": 404, "matters:open311_updates": 404,
    "matters:desk_dispatch_many": 302, "matters:desk_new": 422, "matters:find_likely": 200,
    "matters:desk_hand_over": 422, "matters:desk_classify": 422, "matters:desk_dispatch": 422,
    "matters:desk_ask_help": 422, "matters:desk_merge": 422, "matters:desk_forward": 422,
    "web:settings_partner_code_new": 422,
    "web:settings_post_new": 422, "web:settings_post_change": 422, "web:settings_post_appoint": 422,
    "web:settings_office_new": 422, "web:settings_office_change": 422,
    "api:list_matters": 422, "api:receive": 422, "api:classify": 422, "api:dispatch": 422, "api:ask_for_help": 422,
    "api:merge": 404, "api:hand_over": 422,
}  # fmt: skip


SHOWN_AGAIN = {"matters:desk_classify", "matters:desk_dispatch", "matters:desk_ask_help", "matters:desk_merge",
               "matters:desk_forward"}  # fmt: skip


def bodies(here, there, name):
    """What is right in Qingshan, and the same with the names of Baihe; keys and versions stay."""
    right, theirs = here.body(name), there.body(name)
    own = {field: right[field] for field in ("version", "api_key") if field in right}
    return right, {**theirs, **own}


def test_every_body_that_names_something_is_in_the_table(counties):
    named = set()
    for name, _route, _gaps in ALL:
        right, theirs = bodies(*counties, name)
        if "files" not in right and right != theirs:
            named.add(name)
    assert named == set(CROSSED)


@pytest.mark.parametrize("name", CROSSED)
def test_what_is_of_baihe_cannot_be_named_in_qingshan(counties, name):
    here, there = counties
    path = address_in(here, name, next(gaps for one, _route, gaps in ALL if one == name))
    answer = knock(here, path, "POST", name, by=here, body=bodies(here, there, name)[1])
    assert answer.status_code == CROSSED[name]
    assert leaks(answer) == []
    # the page of an act shows the matter again, which is on record as ever
    assert answer.changed == (["990101 Reading"] if name in SHOWN_AGAIN else [])
    if answer.context and "form" in answer.context:
        assert answer.context["form"].errors, "the page says what is wrong"
