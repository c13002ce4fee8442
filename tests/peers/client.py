"""An Open311 client written from the frozen text of GeoReport v2 alone: the standard library, nothing of ours."""

import json
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET


class Refusal(Exception):
    """The server said no: the status and the errors as the protocol tells them."""

    def __init__(self, status, errors):
        super().__init__(status, errors)
        self.status, self.errors = status, errors


class Open311:
    """Services, one definition, hand in, exchange a token, look up."""

    def __init__(self, root, *, api_key, fmt):
        self.root, self.api_key, self.fmt = root.rstrip("/"), api_key, fmt

    def services(self):
        return self._rows(self._get("services"), "service")

    def attributes(self, code):
        found = self._get(f"services/{urllib.parse.quote(code)}")
        if self.fmt == "json":
            return found["attributes"]
        return [_dict(attribute) for attribute in found.find("attributes")]

    def hand_in(self, **words):
        form = urllib.parse.urlencode({"api_key": self.api_key, **words}).encode()
        (made,) = self._rows(self._ask("requests", form), "request")
        return made

    def number_of(self, token):
        (found,) = self._rows(self._get(f"tokens/{urllib.parse.quote(token)}"), "request")
        return found["service_request_id"]

    def look_up(self, number):
        (found,) = self._rows(self._get(f"requests/{number}"), "request")
        return found

    def _get(self, path):
        return self._ask(path, None)

    def _ask(self, path, form):
        request = urllib.request.Request(f"{self.root}/{path}.{self.fmt}", data=form)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return self._read(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refusal(error.code, self._rows(self._read(error), "error")) from None

    def _read(self, answer):
        wanted = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}[self.fmt]
        assert answer.headers["Content-Type"].lower() == wanted
        return json.load(answer) if self.fmt == "json" else ET.fromstring(answer.read())

    def _rows(self, found, item):
        if self.fmt == "json":
            assert isinstance(found, list)
            return found
        return [_dict(row) for row in found.findall(item)]


def _dict(row):
    return {child.tag: child.text or "" for child in row}
