"""What a browser is told it may do with our pages, beside what Django and django-csp say themselves."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# The microphone for a resident's recording and the position for finding a village, on our own pages alone.
PERMISSIONS = ", ".join(
    [
        "microphone=(self)",
        "geolocation=(self)",
        *(
            f"{name}=()"
            for name in (
                "accelerometer", "camera", "display-capture", "gyroscope", "magnetometer", "midi",
                "payment", "serial", "usb",
            )
        ),
    ]
)  # fmt: skip


class HeadersMiddleware:
    """Says it on every answer, error pages included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")  # no page of others embeds ours
        if request.path_info.startswith("/accounts/"):
            # sign-in pages show secrets and codes; not all of them say it themselves
            response.headers["Cache-Control"] = "no-store"
        return response
