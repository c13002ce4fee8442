"""What residents open."""

from django.urls import path

from .pages.portal import board, filing, follow, mine, receipts

urlpatterns = [
    path("file/", filing.what, name="file"),
    path("file/kind/", filing.kind, name="file_kind"),
    path("file/where/", filing.where, name="file_where"),
    path("file/reach/", filing.reach, name="file_reach"),
    path("file/check/", filing.check, name="file_check"),
    path("file/photo/<str:sha256>/", filing.draft_photo, name="draft_photo"),
    path("follow/", follow.follow, name="follow"),
    path("follow/leave/", follow.leave, name="leave"),
    path("my/<str:number>/", mine.my, name="my"),
    path("my/<str:number>/receipt/", receipts.receipt, name="receipt"),
    path("my/<str:number>/receipt/save/", receipts.save, name="receipt_save"),
    path("my/<str:number>/add/", mine.add, name="my_add"),
    path("my/<str:number>/rate/", mine.rate, name="my_rate"),
    path("my/<str:number>/reopen/", mine.reopen, name="my_reopen"),
    path("my/<str:number>/appeal/", mine.appeal, name="my_appeal"),
    path("my/<str:number>/withdraw/", mine.withdraw, name="my_withdraw"),
    path("my/<str:number>/files/<int:pk>/", mine.attachment, name="attachment"),
    path("board/", board.board, name="board"),
    path("board/map/", board.board_map, name="board_map"),
    path("board/places.json", board.places, name="places"),
    path("board/<str:number>/", board.published, name="published"),
]
