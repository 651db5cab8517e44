"""Settings that are addresses, names or paths: each way of writing one works, or is refused by its
name."""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import closing
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client

from lifetracker import environment
from lifetracker.accounts.addresses import client_address
from lifetracker.environment import Environment
from lifetracker.web.middleware import read_forwarded_proto
from oauth_integration.consent import CallbackListener


def read(kind: str, value: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """What the setting SOME_SETTING of this kind is read as."""
    monkeypatch.setenv("SOME_SETTING", value)
    return Environment().read("SOME_SETTING", getattr(environment, kind), default="")


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("hosts", "a.example, b.example:8443", ["a.example", "b.example"]),
        ("hosts", "::1, [::1], [::1]:5001", ["[::1]"] * 3),
        ("hosts", ".example.org,*,192.168.0.7:80", [".example.org", "*", "192.168.0.7"]),
        ("trusted_origins", "https://A.example:443", ["https://a.example"]),
        ("trusted_origins", "https://a.example:8443/", ["https://a.example:8443"]),
        ("trusted_origins", "https://*.example.org", ["https://*.example.org"]),
        ("trusted_origins", "http://[::1]:5001", ["http://[::1]:5001"]),
        ("origins", "http://a.example:80", ["http://a.example"]),
        ("optional_url", "https://a.example:8443/tracker/", "https://a.example:8443/tracker"),
        ("optional_url", "http://[::1]:5010", "http://[::1]:5010"),
        ("secret_url", "http://[::1]:5010", "http://[::1]:5010"),
        ("bind_address", "::", "[::]"),
        ("bind_address", "[::1]", "[::1]"),
        ("bind_address", "127.0.0.1", "127.0.0.1"),
        ("path_prefix", "/tracker/", "/tracker"),
        ("path_prefix", "/a/b", "/a/b"),
        ("path_prefix", "/", ""),
    ],
)
def test_it_is_taken(
    monkeypatch: pytest.MonkeyPatch, kind: str, written: str, expected: object
) -> None:
    assert read(kind, written, monkeypatch) == expected


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("hosts", "https://a.example"),
        ("hosts", "a.example/tracker"),
        ("hosts", "a.example:http"),
        ("hosts", "[::g]"),
        ("trusted_origins", "a.example"),
        ("trusted_origins", "https://a.example/tracker"),
        ("origins", "https://*.example.org"),
        ("optional_url", "a.example"),
        ("optional_url", "https://[::g]"),
        ("secret_url", "http://[2001:db8::1]"),
        ("bind_address", "localhost"),
        ("bind_address", "0.0.0.0:80"),
        ("path_prefix", "tracker"),
        ("path_prefix", "https://a.example/tracker"),
        ("path_prefix", "/a b"),
    ],
)
def test_it_is_refused_by_the_name_of_the_setting(
    monkeypatch: pytest.MonkeyPatch, kind: str, written: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SOME_SETTING has an invalid value"):
        read(kind, written, monkeypatch)


@pytest.mark.parametrize(
    ("told", "expected"),
    [("HTTPS", "https"), ("Https, http", "https, http"), ("http", "http"), (None, None)],
)
def test_the_scheme_that_a_trusted_proxy_tells_is_read_in_capitals_too(
    settings: Any, told: str | None, expected: str | None
) -> None:
    settings.TRUSTED_PROXIES = 1
    request = HttpRequest()
    if told:
        request.META["HTTP_X_FORWARDED_PROTO"] = told
    read_forwarded_proto(lambda _: HttpResponse())(request)
    assert request.META.get("HTTP_X_FORWARDED_PROTO") == expected


def test_ipv4_at_a_socket_of_ipv6_is_the_same_address() -> None:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "::ffff:192.168.0.7"
    assert client_address(request) == "192.168.0.7"
    request.META["REMOTE_ADDR"] = "2001:db8::1"
    assert client_address(request) == "2001:db8::1"


def test_a_consent_comes_back_over_ipv6() -> None:
    with closing(socket.socket(socket.AF_INET6)) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        port = probe.getsockname()[1]
    listener = CallbackListener(f"http://[::1]:{port}/back", "the-state")

    def come_back() -> None:
        with closing(http.client.HTTPConnection("::1", port, timeout=10)) as browser:
            browser.request("GET", "/back?code=the-code&state=the-state")
            browser.getresponse().read()

    browser = threading.Thread(target=come_back)
    browser.start()
    assert listener.wait(10) == "the-code"
    browser.join()


@pytest.mark.django_db
def test_an_error_below_a_path_is_json_for_programs(client: Client) -> None:
    answer = client.get("/api/nothing", SCRIPT_NAME="/tracker")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    listed = client.get("/api/nothing/at/all", SCRIPT_NAME="/tracker").json()
    assert listed == {"detail": "This address does not exist."}


def test_the_loopback_address_of_ipv6_is_always_allowed() -> None:
    assert "[::1]" in django_settings.ALLOWED_HOSTS
