"""The root of every address."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("iom.api.urls")),
    path("", include("iom.partnerships.urls")),
    path("people/", include("iom.people.urls")),
    path("imports/", include("iom.imports.urls")),
    path("", include("iom.cohorts.urls")),
    path("", include("iom.outcomes.urls")),
    path("", include("iom.agreements.urls")),
    path("", include("iom.sharing.urls")),
    path("", include("iom.home.urls")),
]
