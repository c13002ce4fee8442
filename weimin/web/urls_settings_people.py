"""Addresses of the county's own settings, hung under /desk/settings/ by urls_desk.py."""

from django.urls import path

from .pages.settings import calendar, keys, leave, offices, officials, posts

urlpatterns = [
    path("posts/", posts.posts, name="settings_posts"),
    path("posts/new/", posts.new, name="settings_post_new"),
    path("posts/<str:post_code>/", posts.post, name="settings_post"),
    path("posts/<str:post_code>/change/", posts.change, name="settings_post_change"),
    path("posts/<str:post_code>/appoint/", posts.appoint, name="settings_post_appoint"),
    path("posts/<str:post_code>/end/", posts.end, name="settings_post_end"),
    path("posts/<str:post_code>/retire/", posts.retire, name="settings_post_retire"),
    path("officials/", officials.officials, name="settings_officials"),
    path("officials/new/", officials.new, name="settings_official_new"),
    path("officials/<int:official>/", officials.official, name="settings_official"),
    path("officials/<int:official>/change/", officials.change, name="settings_official_change"),
    path("officials/<int:official>/leave/", officials.leave, name="settings_official_leave"),
    path(
        "officials/<int:official>/leave/<int:leave>/cancel/",
        officials.cancel_leave,
        name="settings_official_cancel_leave",
    ),
    path("officials/<int:official>/account/", officials.account, name="settings_official_account"),
    path("officials/<int:official>/password/", officials.password, name="settings_official_password"),
    path("officials/<int:official>/second-factor/", officials.second_factor, name="settings_official_second_factor"),
    path("offices/", offices.offices, name="settings_offices"),
    path("offices/new/", offices.new, name="settings_office_new"),
    path("offices/<str:office_code>/", offices.office, name="settings_office"),
    path("offices/<str:office_code>/change/", offices.change, name="settings_office_change"),
    path("offices/<str:office_code>/retire/", offices.retire, name="settings_office_retire"),
    path("calendar/", calendar.calendar, name="settings_calendar"),
    path("calendar/<int:year>/", calendar.year, name="settings_year"),
    path("calendar/<int:year>/enter/", calendar.enter, name="settings_year_enter"),
    path("calendar/<int:year>/again/", calendar.again, name="settings_year_again"),
    path("keys/", keys.keys, name="settings_keys"),
    path("keys/new/", keys.new, name="settings_key_new"),
    path("keys/<int:key_pk>/revoke/", keys.revoke, name="settings_key_revoke"),
    path("my-leave/", leave.my_leave, name="my_leave"),
    path("my-leave/<int:leave>/cancel/", leave.cancel_my_leave, name="my_leave_cancel"),
]
