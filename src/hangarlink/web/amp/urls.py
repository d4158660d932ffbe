"""Addresses of maintenance programmes."""

from django.urls import path

from hangarlink.web.amp import aircraft, examples, library, programmes, reference, reviews, revisions, sheets, tasks

app_name = "programmes"
urlpatterns = [
    path("", programmes.listing, name="list"),
    path("new/", programmes.new, name="new"),
    path("examples/", examples.listing, name="examples"),
    path("library/", library.listing, name="library"),
    path("reference/", reference.listing, name="reference"),
    path("aircraft/<uuid:aircraft_id>/", aircraft.aircraft, name="aircraft"),
    path("aircraft/<uuid:aircraft_id>/modifications/new/", aircraft.embody, name="embody"),
    path("aircraft/<uuid:aircraft_id>/modifications/<uuid:modification_id>/remove/", aircraft.remove, name="remove"),
    path("<uuid:programme_id>/", programmes.programme, name="programme"),
    path("<uuid:programme_id>/change/", programmes.change, name="change"),
    path("<uuid:programme_id>/draft/", programmes.draft, name="draft"),
    path("<uuid:programme_id>/assign/", programmes.assign, name="assign"),
    path("<uuid:programme_id>/unassign/<uuid:assignment_id>/", programmes.unassign, name="unassign"),
    path("<uuid:programme_id>/review/", reviews.new, name="new_review"),
    path("reviews/<uuid:review_id>/", reviews.review, name="review"),
    path("revisions/<uuid:revision_id>/", revisions.revision, name="revision"),
    path("revisions/<uuid:revision_id>/report/", revisions.report, name="report"),
    path("revisions/<uuid:revision_id>/step/<slug:step>/", revisions.step, name="step"),
    path("revisions/<uuid:revision_id>/export/<slug:kind>/", sheets.export, name="export"),
    path("revisions/<uuid:revision_id>/library/", library.for_draft, name="library_for"),
    path("revisions/<uuid:revision_id>/import/", sheets.read, name="import"),
    path("revisions/<uuid:revision_id>/tasks/new/", tasks.new, name="new_task"),
    path("tasks/<uuid:task_id>/", tasks.task, name="task"),
    path("tasks/<uuid:task_id>/change/", tasks.change, name="change_task"),
    path("tasks/<uuid:task_id>/remove/", tasks.remove, name="remove_task"),
]
