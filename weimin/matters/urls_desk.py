"""Addresses of the desk, hung under /desk/matters/ by urls.py."""

from django.urls import path

from .pages.desk import acts, carry, forward, letters, matter, new, queues

urlpatterns = [
    path("", queues.queue, name="desk"),
    path("export.csv", queues.export, name="desk_export"),
    path("dispatch-many/", queues.dispatch_many, name="desk_dispatch_many"),
    path("dispatch-by-rule/", queues.by_rule, name="desk_by_rule"),
    path("views/", queues.keep_view, name="desk_keep_view"),
    path("views/<int:pk>/drop/", queues.drop_view, name="desk_drop_view"),
    path("new/", new.new, name="desk_new"),
    path("find/kinds/", new.find_kinds, name="find_kinds"),
    path("find/places/", new.find_places, name="find_places"),
    path("find/residents/", new.find_residents, name="find_residents"),
    path("find/likely/", new.likely, name="find_likely"),
    path("letters/", letters.letters, name="desk_letters"),
    path("letters/<int:pk>/handled/", letters.handled, name="desk_letter_handled"),
    path("to-tell/", carry.waiting, name="desk_to_tell"),
    path("to-tell/<int:pk>/", carry.one, name="desk_tell"),
    path("hand-over/", matter.hand_over, name="desk_hand_over"),
    path("<str:number>/", matter.matter, name="desk_matter"),
    path("<str:number>/undo/", matter.undo, name="desk_undo"),
    path("<str:number>/forward/", forward.forward, name="desk_forward"),
    path("<str:number>/taken/", new.taken, name="desk_taken"),
    path("<str:number>/contact-details/", matter.contact, name="desk_contact_details"),
    path("<str:number>/files/<int:pk>/", matter.attachment, name="desk_attachment"),
    *(path(f"<str:number>/{slug}/", view, name=f"desk_{slug.replace('-', '_')}") for slug, view in acts.VIEWS.items()),
]
