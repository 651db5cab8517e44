"""The second factor, and that no way leads around it."""

from __future__ import annotations

import base64
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from lifetracker.accounts import factors
from lifetracker.accounts.events import Kind
from lifetracker.accounts.models import AuthenticatorApp, Event, Passkey, RecoveryCode
from lifetracker.models import ApiToken
from tests import makers
from tests.lifetracker.authenticator import Device

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
# RFC 6238, appendix B: the secret of its examples.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# Pages open under a name, as passkeys want it.
HERE = {"HTTP_HOST": "localhost"}
HOST = {"Host": "localhost"}


@pytest.fixture
def robin(quick_passwords: None) -> User:
    return User.objects.create_superuser("robin", password=PASSWORD)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`clock(seconds)` moves the time of codes and confirmations on."""
    shift = [0.0]
    real = time.time

    def move(seconds: float) -> None:
        shift[0] += seconds

    monkeypatch.setattr(time, "time", lambda: real() + shift[0])
    return move


def code(secret: str = SECRET, steps: int = 0) -> str:
    totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303 - what apps know
    return totp.generate(int(time.time()) + 30 * steps).decode()


@pytest.fixture
def app(robin: User) -> AuthenticatorApp:
    return AuthenticatorApp.objects.create(
        user=robin, secret=SECRET, added_at="2026-09-16T06:00:00Z"
    )


def enter(client: Client, address: str = "/login/", target: str = "/settings/tokens/") -> Any:
    form = {"username": "robin", "password": PASSWORD, "next": target}
    return client.post(address, form, **HERE)


def answer(client: Client, text: str, target: str = "/settings/tokens/") -> Any:
    return client.post(f"/login/code/?next={target}", {"code": text, "next": target}, **HERE)


def is_in(client: Client) -> bool:
    return client.get("/settings/tokens/", **HERE).status_code == 200


# --- Codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(
    app: AuthenticatorApp, moment: int, digits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: moment)
    assert factors.accept_code(app, digits)


def test_a_code_is_taken_once_and_none_before_it(app: AuthenticatorApp) -> None:
    now, before = code(), code(steps=-1)
    assert factors.accept_code(app, now)
    assert not factors.accept_code(app, now)
    assert not factors.accept_code(app, before)
    assert not factors.accept_code(app, code(steps=3))
    assert not factors.accept_code(app, code(steps=-3))


def test_a_recovery_code_opens_once(robin: User) -> None:
    drawn = RecoveryCode.objects.renew(robin)
    assert len(set(drawn)) == 10
    stored = str(list(RecoveryCode.objects.values()))
    assert not any(one in stored or one.replace("-", "") in stored for one in drawn)
    assert RecoveryCode.objects.spend(robin, f" {drawn[0].upper().replace('-', ' ')}")
    assert not RecoveryCode.objects.spend(robin, drawn[0])
    assert not RecoveryCode.objects.spend(User.objects.create_user("sam"), drawn[1])
    RecoveryCode.objects.renew(robin)
    assert not RecoveryCode.objects.spend(robin, drawn[1])


def test_the_secret_is_encrypted(app: AuthenticatorApp) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_authenticatorapp")
        stored = cursor.fetchone()[0]
    assert SECRET not in stored
    assert AuthenticatorApp.objects.get().secret == SECRET


# --- Setting it up --------------------------------------------------------------------------------


def test_an_app_is_set_up_and_codes_are_shown_once(client: Client, robin: User) -> None:
    client.force_login(robin)
    assert "Off" in client.get("/settings/account/").text
    page = client.get("/account/app/")
    secret = page.context["secret"].replace(" ", "")
    assert "<svg" in page.text
    assert page.text.count(secret[:4]) >= 1
    assert "script-src 'self';" in f"{page['Content-Security-Policy']};"
    assert "connect-src" not in page["Content-Security-Policy"]
    # Not set up yet, whatever was looked at.
    assert not factors.has_second_factor(robin)
    assert "current code" in client.post("/account/app/", {"code": "000000"}).text
    shown = client.post("/account/app/", {"code": code(secret)})
    codes = shown.context["codes"]
    assert len(codes) == 10
    assert all(one in shown.text for one in codes)
    assert "no-store" in shown["Cache-Control"]
    account = client.get("/settings/account/").text
    assert not any(one in account for one in codes)
    assert secret not in account
    assert client.get("/account/app/").url == "/settings/account/"
    told = list(Event.objects.values_list("kind", flat=True)[:2])
    assert told == [Kind.CODES_MADE, Kind.FACTOR_ADDED]
    everything = str(list(Event.objects.values()))
    assert secret not in everything
    assert not any(one in everything for one in codes)


def test_a_secret_that_another_session_saw_is_never_taken(robin: User) -> None:
    """Somebody at an open browser notes it, and waits until the owner sets an app up."""
    thief, owner = Client(), Client()
    for one in (thief, owner):
        one.force_login(robin)
    noted = thief.get("/account/app/").context["secret"].replace(" ", "")
    secret = owner.get("/account/app/").context["secret"].replace(" ", "")
    assert secret != noted
    # Again, after the owner was shown theirs: then the page shows another one.
    noted = thief.get("/account/app/").context["secret"].replace(" ", "")
    page = owner.post("/account/app/", {"code": code(noted)})
    assert not factors.has_second_factor(robin)
    shown = page.context["secret"].replace(" ", "")
    assert shown not in {secret, noted}
    assert owner.get("/account/app/").context["secret"].replace(" ", "") == shown
    owner.post("/account/app/", {"code": code(shown)})
    assert factors.has_second_factor(robin)


def test_the_app_is_removed_with_its_codes(client: Client, app: AuthenticatorApp) -> None:
    RecoveryCode.objects.renew(app.user)
    client.force_login(app.user)
    client.post("/account/app/remove")
    assert not factors.has_second_factor(app.user)
    assert not RecoveryCode.objects.exists()
    client.post("/account/codes")
    assert not RecoveryCode.objects.exists()


def test_new_recovery_codes(client: Client, app: AuthenticatorApp) -> None:
    old = RecoveryCode.objects.renew(app.user)
    client.force_login(app.user)
    new = client.post("/account/codes").context["codes"]
    assert not set(old) & set(new)


# --- Logging in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/login/", "/admin/login/"])
def test_the_password_alone_opens_nothing(
    client: Client, app: AuthenticatorApp, address: str
) -> None:
    assert enter(client, address).url == "/login/code/?next=%2Fsettings%2Ftokens%2F"
    assert not is_in(client)
    for path in (
        "/",
        "/admin/",
        "/settings/account/",
        "/account/app/",
        "/account/codes",
        "/oauth/whoop/connect",
    ):
        assert client.get(path, **HERE).status_code in {302, 405}, path
        assert client.post(path, **HERE).status_code in {302, 405}, path
    assert client.get("/api/weight", **HERE).status_code == 401
    assert Event.objects.filter(kind=Kind.LOGIN).count() == 0
    assert answer(client, code()).url == "/settings/tokens/"
    assert is_in(client)
    assert Event.objects.get(kind=Kind.LOGIN).detail == "password and authenticator app"


def test_the_admins_own_doors_are_ours(client: Client, app: AuthenticatorApp) -> None:
    assert enter(client, "/admin/login/", target="").url == "/login/code/?next=%2Fadmin%2F"
    client.force_login(app.user)
    assert client.get("/admin/password_change/").url == reverse("account-password")
    client.force_login(User.objects.create_user("sam"))
    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_wrong_codes_are_counted_as_wrong_passwords_are(
    client: Client, app: AuthenticatorApp
) -> None:
    drawn = RecoveryCode.objects.renew(app.user)
    enter(client)
    statuses = [answer(client, "000000").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    # Then neither the right code, nor a recovery code, nor the password is asked.
    assert answer(client, code()).status_code == 429
    assert answer(client, drawn[0]).status_code == 429
    assert enter(Client()).status_code == 429
    assert not is_in(client)
    assert Event.objects.filter(kind=Kind.LOGIN_FAILED, detail="wrong code").count() == 5
    assert RecoveryCode.objects.filter(used_at=None).count() == 10


def test_the_right_password_forgives_no_wrong_code(client: Client, app: AuthenticatorApp) -> None:
    for _ in range(4):
        enter(client)
        assert answer(client, "000000").status_code == 200
    enter(client)
    assert answer(client, "000000").status_code == 429


def test_what_was_typed_is_not_kept_with_the_wrong_passwords(
    client: Client, app: AuthenticatorApp
) -> None:
    enter(client)
    answer(client, "a-wrong-code")
    assert "a-wrong-code" not in str(list(AccessAttempt.objects.values()))


def test_a_recovery_code_logs_in_once(client: Client, app: AuthenticatorApp) -> None:
    drawn = RecoveryCode.objects.renew(app.user)
    enter(client)
    page = client.get(answer(client, drawn[3]).url, **HERE).text
    assert "Codes left: 9" in page
    again = Client()
    enter(again)
    assert answer(again, drawn[3]).status_code == 200
    assert Event.objects.get(kind=Kind.CODE_USED).detail == "9 left"
    assert drawn[3] not in str(list(Event.objects.values()))


def test_a_code_of_the_login_is_good_once(client: Client, app: AuthenticatorApp) -> None:
    shown = code()
    enter(client)
    answer(client, shown)
    other = Client()
    enter(other)
    assert answer(other, shown).status_code == 200
    assert not is_in(other)


def test_the_second_step_ends_after_a_while_and_with_the_password(
    client: Client, app: AuthenticatorApp, clock: Any
) -> None:
    assert client.get("/login/code/").url.startswith("/login/")
    enter(client)
    clock(601)
    assert answer(client, code()).url.startswith("/login/")
    enter(client)
    app.user.set_password("another horse")
    app.user.save()
    assert answer(client, code()).url.startswith("/login/")
    enter(Client())
    User.objects.update(is_active=False)
    assert answer(client, code()).url.startswith("/login/")
    assert not is_in(client)


def test_the_second_step_leads_to_no_foreign_page(client: Client, app: AuthenticatorApp) -> None:
    enter(client, target="https://evil.example/")
    assert answer(client, code(), target="https://evil.example/").url == "/"


def test_tokens_need_no_second_factor(client: Client, app: AuthenticatorApp) -> None:
    secret = makers.api_token(user=app.user).secret
    found = client.get("/api/weight", headers={"Authorization": f"Bearer {secret}"})
    assert found.status_code == 200


# --- Passkeys -------------------------------------------------------------------------------------


def add_passkey(client: Client, device: Device, name: str = "my phone") -> Any:
    options = client.post("/account/passkeys/options", **HERE).json()
    return client.post(
        "/account/passkeys/", {"name": name, "passkey": device.make(options)}, **HERE
    )


@pytest.fixture
def device(robin: User) -> Device:
    """With a passkey of robin."""
    own, device = Client(), Device()
    own.force_login(robin)
    assert add_passkey(own, device).status_code in {200, 302}
    return device


def ask(client: Client, **options: Any) -> dict[str, Any]:
    return dict(client.post("/login/passkey/options", **HERE | options).json())


def log_in_by(client: Client, given: str) -> Any:
    return client.post("/login/passkey/", {"passkey": given, "next": "/settings/tokens/"}, **HERE)


def test_a_passkey_alone_logs_in(client: Client, device: Device) -> None:
    login = client.get("/login/", **HERE)
    assert "Log in with a passkey" in login.text
    assert "script-src 'self';" in f"{login['Content-Security-Policy']};"
    assert "connect-src 'self'" in login["Content-Security-Policy"]
    options = ask(client)
    assert "allowCredentials" not in options["publicKey"]
    assert options["publicKey"]["userVerification"] == "required"
    assert log_in_by(client, device.sign(options)).url == "/settings/tokens/"
    assert is_in(client)
    assert Event.objects.filter(kind=Kind.LOGIN).first().detail == "passkey my phone"  # type: ignore[union-attr]
    assert Passkey.objects.get().last_used_at


def test_the_first_passkey_brings_recovery_codes(client: Client, robin: User) -> None:
    client.force_login(robin)
    shown = add_passkey(client, Device())
    assert len(shown.context["codes"]) == 10
    assert Event.objects.filter(kind=Kind.FACTOR_ADDED, detail="passkey my phone").exists()


def test_a_login_without_passkeys_runs_no_script(client: Client, robin: User) -> None:
    login = client.get("/login/", **HERE)
    assert "passkey" not in login.text
    assert "<script" not in login.text
    assert "connect-src" not in login["Content-Security-Policy"]


def test_a_passkey_is_the_second_factor(client: Client, device: Device) -> None:
    device.verifies = False  # the password was shown
    enter(client)
    options = client.post("/login/passkey/options?of_user", **HERE).json()
    assert len(options["publicKey"]["allowCredentials"]) == 1
    form = {"passkey": device.sign(options), "next": "/settings/tokens/"}
    assert client.post("/login/code/", form, **HERE).url == "/settings/tokens/"
    assert is_in(client)


def test_an_answer_is_good_once_and_only_for_what_was_asked(client: Client, device: Device) -> None:
    given = device.sign(ask(client))
    assert log_in_by(client, given).url == "/settings/tokens/"
    again = Client()
    ask(again)
    assert "login" in log_in_by(again, given).url
    assert "login" in log_in_by(Client(), given).url
    # Asked for the second step, shown at the first.
    other = Client()
    enter(other)
    options = other.post("/login/passkey/options?of_user", **HERE).json()
    assert "login" in log_in_by(other, device.sign(options)).url
    assert not is_in(again)
    assert not is_in(other)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda device, options: device.sign(options, signature=b"0" * 70),
        lambda _, options: Device().sign(options),
        lambda *_: "no JSON",
        lambda *_: "[" * 100_000,
        lambda device, options: device.sign(options, clientDataJSON=b"[" * 100_000),
        lambda device, options: device.sign(
            options, authenticatorData=b"\0" * 32 + b"\x85\0\0\0\1"
        ),
        lambda device, options: device.sign(
            options, authenticatorData=b"\0" * 32 + b"\x85\0\0\0\1" + b"\x81" * 5000
        ),
        lambda *_: "[]",
        lambda *_: "{}",
        lambda *_: "",
        lambda device, options: device.sign(
            {"publicKey": options["publicKey"] | {"challenge": "AAAA"}}
        ),
        lambda device, options: device.sign({"publicKey": options["publicKey"] | {"rpId": "evil"}}),
        lambda device, options: (
            setattr(device, "origin", "http://evil.example") or device.sign(options)
        ),
        lambda device, options: (
            setattr(device, "origin", "http://localhost:81") or device.sign(options)
        ),
        lambda device, options: setattr(device, "verifies", False) or device.sign(options),
        lambda device, options: setattr(device, "counter", -1) or device.sign(options),
    ],
)
def test_what_proves_nothing_is_refused(client: Client, device: Device, spoil: Any) -> None:
    assert log_in_by(client, device.sign(ask(client))).url == "/settings/tokens/"
    client.logout()
    assert log_in_by(client, spoil(device, ask(client))).url.startswith("/login/")
    assert not is_in(client)


def test_without_javascript_a_passkey_says_what_it_takes(client: Client, device: Device) -> None:
    login = client.post("/login/passkey/", {"passkey": ""}, follow=True, headers=HOST)
    client.post("/login/", {"username": "robin", "password": PASSWORD}, headers=HOST)
    code_page = client.post("/login/code/", {"passkey": ""}, headers=HOST)
    for page in (login, code_page):
        assert "need JavaScript" in page.text
    assert not is_in(client)


def test_without_passkeys_strangers_leave_no_session(client: Client, robin: User) -> None:
    for _ in range(3):
        assert client.post("/login/passkey/options", **HERE).status_code == 403
    assert not Session.objects.exists()


def test_an_answer_comes_in_time(client: Client, device: Device, clock: Any) -> None:
    options = ask(client)
    clock(301)
    assert log_in_by(client, device.sign(options)).url.startswith("/login/")


def test_nobody_elses_passkey_is_the_second_factor(client: Client, device: Device) -> None:
    sam, own = User.objects.create_user("sam", password=PASSWORD), Device()
    other = Client()
    other.force_login(sam)
    add_passkey(other, own, "sam's key")
    enter(client)
    options = client.post("/login/passkey/options?of_user", **HERE).json()
    assert client.post("/login/code/", {"passkey": own.sign(options)}, **HERE).status_code == 200
    assert not is_in(client)


def test_an_account_that_is_switched_off_has_no_passkey(client: Client, device: Device) -> None:
    User.objects.update(is_active=False)
    assert log_in_by(client, device.sign(ask(client))).url.startswith("/login/")


@pytest.mark.parametrize(
    ("host", "secure", "offered"),
    [
        ("localhost:5001", False, True),
        ("127.0.0.1", False, False),
        ("[::1]:5001", False, False),
        ("tracker.example.org", False, False),
        ("tracker.example.org", True, True),
    ],
)
def test_where_browsers_offer_passkeys(
    client: Client, robin: User, settings: Any, host: str, *, secure: bool, offered: bool
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client.force_login(robin)
    page = client.get("/account/passkeys/", HTTP_HOST=host, secure=secure)
    assert ("Create passkey" in page.text) == offered


def test_passkeys_are_named_and_removed(client: Client, device: Device, robin: User) -> None:
    client.force_login(robin)
    assert "already have a passkey with this name" in add_passkey(client, Device()).text
    assert add_passkey(client, Device(), "my key").url == "/settings/account/"
    phone = Passkey.objects.get(name="my phone")
    client.post(f"/account/passkeys/{phone.pk}/rename", {"name": "my key"}, **HERE)
    client.post(f"/account/passkeys/{phone.pk}/rename", {"name": "an old phone"}, **HERE)
    page = client.get("/settings/account/", **HERE).text
    assert "already have a passkey with this name" in page
    assert "an old phone" in page
    sam = Client()
    sam.force_login(User.objects.create_user("sam"))
    for what in ("rename", "remove"):
        address = f"/account/passkeys/{phone.pk}/{what}"
        assert sam.post(address, {"name": "x"}, **HERE).status_code == 404
    for one in Passkey.objects.all():
        client.post(f"/account/passkeys/{one.pk}/remove", **HERE)
    assert not factors.has_second_factor(robin)
    assert not RecoveryCode.objects.exists()


# --- Lost -----------------------------------------------------------------------------------------


def test_the_owner_takes_it_away(client: Client, app: AuthenticatorApp, device: Device) -> None:
    out = StringIO()
    call_command("reset_second_factor", "robin", stdout=out)
    assert "is removed" in out.getvalue()
    assert not RecoveryCode.objects.exists()
    assert enter(client).url == "/settings/tokens/"
    assert is_in(client)
    call_command("reset_second_factor", "robin", stdout=out)
    assert "has no second factor" in out.getvalue()
    with pytest.raises(CommandError, match="no account 'sam'"):
        call_command("reset_second_factor", "sam")


def test_under_another_key_the_app_opens_nothing_and_recovery_codes_do(
    client: Client, app: AuthenticatorApp, settings: Any
) -> None:
    drawn = RecoveryCode.objects.renew(app.user)
    settings.SECRET_KEY = "another-key"
    enter(client)
    assert "cannot be used" in client.get("/login/code/", **HERE).text
    assert answer(client, code()).status_code == 200
    assert answer(client, drawn[0]).url == "/settings/tokens/"
    # It is set up anew.
    client.post("/account/app/remove", **HERE)
    secret = client.get("/account/app/", **HERE).context["secret"].replace(" ", "")
    client.post("/account/app/", {"code": code(secret)}, **HERE)
    assert factors.app_of(app.user)


def test_rotation_covers_the_secret(app: AuthenticatorApp, settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a-new-key", [settings.SECRET_KEY]
    out = StringIO()
    call_command("rotate_encryption", stdout=out)
    assert "authenticator app of robin" in out.getvalue()
    settings.SECRET_KEY_FALLBACKS = []
    assert AuthenticatorApp.objects.get().secret == SECRET
    settings.SECRET_KEY = "a-lost-key"
    with pytest.raises(CommandError, match="authenticator app of robin"):
        call_command("rotate_encryption", stdout=out)


@pytest.mark.django_db(transaction=True)
def test_a_restore_under_another_key_says_how_to_come_in(
    app: AuthenticatorApp, tmp_path: Path, settings: Any, client: Client
) -> None:
    drawn = RecoveryCode.objects.renew(app.user)
    file = str(tmp_path / "backup.zip")
    call_command("backup", file, stdout=StringIO(), stderr=StringIO())
    User.objects.all().delete()
    settings.SECRET_KEY = "another-key"
    told = StringIO()
    call_command("restore", file, stdout=StringIO(), stderr=told)
    assert "reset_second_factor robin" in told.getvalue()
    enter(client)
    assert answer(client, drawn[0]).url == "/settings/tokens/"


def test_nothing_of_it_is_in_the_admin(admin_client: Client, app: AuthenticatorApp) -> None:
    for path in ("/admin/", "/admin/accounts/", f"/admin/auth/user/{app.user.pk}/change/"):
        page = admin_client.get(path).text
        assert SECRET not in page
        assert "Authenticator" not in page
    assert not ApiToken.objects.exists()
