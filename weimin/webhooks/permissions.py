"""Gates of webhooks: endpoints and deliveries of the settings, as if they did not exist where they do not."""

from django.shortcuts import get_object_or_404

from .models import Delivery, Endpoint


def endpoint_of(pk: int) -> Endpoint:
    return get_object_or_404(Endpoint.objects.select_related("made_by"), pk=pk)


def delivery_of(endpoint: Endpoint, pk: int) -> Delivery:
    return get_object_or_404(Delivery, endpoint=endpoint, pk=pk)
