"""Addresses of the interface: all under /api/v1, and the two that HMPPS asks for at the root as well.

None is for a person: a token lets in, and no role's permission does.
"""

from django.urls import URLPattern, include, path

from iom.api.views import api

found = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name != "api-root"]
for pattern in found:
    setattr(pattern.callback, "permission", "a token of a system")  # noqa: B010 - a function of the library's

urlpatterns = [
    path("api/v1/", include(found)),
    *(path(str(each.pattern), each.callback) for each in found if str(each.pattern).startswith("subject-access")),
]
