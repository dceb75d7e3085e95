"""Addresses of the import pages."""

from django.urls import path

from iom.imports import views

urlpatterns = [
    path("", views.batches, name="imports"),
    path("batches.<str:kind>", views.export, name="imports-export"),
    path("upload", views.upload, name="imports-upload"),
    path("feeds", views.feeds, name="imports-feeds"),
    path("feeds/new", views.new_feed, name="imports-new-feed"),
    path("<int:batch_id>", views.batch, name="imports-batch"),
    path("<int:batch_id>/progress", views.batch_progress, name="imports-batch-progress"),
    path("<int:batch_id>/columns", views.columns, name="imports-columns"),
    path("<int:batch_id>/accept", views.accept, name="imports-accept"),
    path("<int:batch_id>/cancel", views.cancel, name="imports-cancel"),
    path("<int:batch_id>/held.csv", views.held_rows, name="imports-held"),
]
