"""Signing in with a code that comes by mail: as people do it, and as those try who should not get in."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language

from accounts.adapters import AccountAdapter
from accounts.models import User
from accounts.roles import DATA_ENTRY
from tests import factories, second_factor
from tests.pages import words
from tests.second_factor import enrol

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

LOGIN, ASK, CONFIRM = "/en/accounts/login/", "/en/accounts/login/code/", "/en/accounts/login/code/confirm/"


@pytest.fixture(autouse=True)
def _as_on_a_server(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def ana() -> User:
    user: User = factories.membership(role="viewer", user=factories.user(email="Ana@example.org", language="es")).user
    user.set_unusable_password()
    user.save()
    return user


def ask(client: Client, email: str, address: str = ASK, **fields: str) -> Any:
    return client.post(address, {"email": email, **fields})


def mailed() -> str:
    [code] = re.findall(r"^(\d{4}-\d{4})$", mail.outbox[-1].body, re.MULTILINE)
    return code


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def other_than(code: str) -> str:
    return "0000-0001" if code == "0000-0000" else "0000-0000"


# --- The way in ----------------------------------------------------------------------------------------------------


def test_a_member_types_the_address_then_the_code_and_lands_in_the_workspace(client: Client, ana: User) -> None:
    page = client.get(f"{LOGIN}?next=/en/workspace/people/")
    text = page.content.decode()
    assert f'action="{ASK}"' in text
    assert text.index(f'action="{ASK}"') < text.index('type="password"')
    assert 'name="next" value="/en/workspace/people/"' in text

    assert ask(client, "ana@EXAMPLE.org")["Location"] == CONFIRM
    [message] = mail.outbox
    assert message.recipients() == [ana.email]
    shown = client.get(CONFIRM)
    assert 'autocomplete="one-time-code"' in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    answer = client.post(CONFIRM, {"code": f" {mailed().replace('-', ' ')} "})

    assert answer["Location"] == "/en/workspace/"
    assert is_in(client)
    assert client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() == 12 * 60 * 60


def test_the_page_that_was_wanted_is_come_back_to(client: Client, ana: User) -> None:
    wanted = "/en/workspace/people/"
    asked = ask(client, ana.email, next=wanted)
    assert asked["Location"] == f"{CONFIRM}?next=%2Fen%2Fworkspace%2Fpeople%2F"
    assert f'value="{wanted}"' in client.get(asked["Location"]).content.decode()
    assert client.post(CONFIRM, {"code": mailed(), "next": wanted})["Location"] == wanted


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(client: Client, ana: User, target: str) -> None:
    assert "evil" not in ask(client, ana.email, next=target)["Location"]
    assert client.post(CONFIRM, {"code": mailed(), "next": target})["Location"] == "/en/workspace/"


def test_the_mail_is_in_the_language_of_whom_it_is_for(
    client: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    languages = []
    render = AccountAdapter.render_mail

    def noted(*args: Any, **kwargs: Any) -> Any:
        languages.append(get_language())
        return render(*args, **kwargs)

    monkeypatch.setattr(AccountAdapter, "render_mail", noted)
    ask(client, ana.email, "/fr/accounts/login/code/")
    ask(client, "nobody@example.org", "/fr/accounts/login/code/")
    assert languages == ["es", "fr"]


def test_an_account_without_a_password_sets_one_and_is_written_to(client: Client, ana: User) -> None:
    ask(client, ana.email)
    client.post(CONFIRM, {"code": mailed()})
    account = client.get("/en/accounts/")
    assert 'href="/en/accounts/password/set/"' in account.content.decode()
    new = {"password1": "luz de agosto", "password2": "luz de agosto"}
    assert client.post("/en/accounts/password/set/", new).status_code == 302
    assert User.objects.get(pk=ana.pk).check_password("luz de agosto")
    assert is_in(client)
    assert mail.outbox[-1].to == [ana.email]
    # In her own language, whatever the page's.
    assert "Se definió una contraseña" in mail.outbox[-1].body
    assert 'href="/en/accounts/password/change/"' in client.get("/en/accounts/").content.decode()


# --- Staff ---------------------------------------------------------------------------------------------------------


def test_a_mailed_code_is_no_second_factor(client: Client) -> None:
    colleague = factories.staff(DATA_ENTRY, language="en")
    enrol(colleague)
    ask(client, colleague.email)
    code = mailed()
    assert client.post(CONFIRM, {"code": code})["Location"] == "/en/accounts/code/"
    assert not is_in(client)
    assert client.post("/en/accounts/code/", {"code": code}).status_code == 200
    assert client.get("/en/workspace/")["Location"].startswith(LOGIN)
    client.post("/en/accounts/code/", {"code": second_factor.code()})
    assert is_in(client)
    assert client.get("/en/workspace/").status_code == 200


def test_staff_without_a_second_factor_reach_nothing_before_they_set_one_up(client: Client) -> None:
    colleague = factories.staff(DATA_ENTRY, language="en")
    ask(client, colleague.email)
    client.post(CONFIRM, {"code": mailed()})
    for path in ("/en/workspace/", "/admin/", "/en/accounts/", "/en/accounts/password/change/"):
        assert client.get(path)["Location"].partition("?")[0] == "/en/accounts/second-factor/"
    # A mailed code does not stand for the password that they have.
    assert client.get("/en/accounts/second-factor/")["Location"].startswith("/en/accounts/reauthenticate/")


def test_a_mailed_code_takes_no_second_factor_away(client: Client, ana: User) -> None:
    """Of a partner who has one: neither the code alone, nor a session that was opened with it before."""
    thief = Client()
    ask(thief, ana.email)
    thief.post(CONFIRM, {"code": mailed()})
    assert is_in(thief)
    enrol(ana)
    tries = (
        *((method, f"second-factor/{page}") for method in (thief.get, thief.post) for page in ("", "remove/")),
        *((method, "recovery-codes/new/") for method in (thief.get, thief.post)),
        (thief.get, "recovery-codes/"),
        (thief.get, "recovery-codes/download/"),
    )
    for method, path in tries:
        address = f"/en/accounts/{path}"
        answer = method(address)
        if answer.status_code == 302 and answer["Location"] == "/en/accounts/second-factor/remove/":
            answer = thief.get(answer["Location"])
        assert answer["Location"].startswith("/en/accounts/code/again/"), path
    assert Authenticator.objects.filter(user=ana, type="totp").exists()
    ask(client, ana.email)
    assert client.post(CONFIRM, {"code": mailed()})["Location"] == "/en/accounts/code/"
    assert not is_in(client)


# --- Attacks -------------------------------------------------------------------------------------------------------


def test_an_unknown_address_and_an_unused_account_are_answered_alike(ana: User) -> None:
    retired = factories.user(is_active=False)
    answers = {}
    for email in (ana.email.upper(), retired.email.upper(), "NOBODY@EXAMPLE.ORG"):
        client = Client()
        mail.outbox.clear()
        asked = ask(client, email)
        seen = client.get(CONFIRM)
        text = re.sub(r'value="[^"]*"', "", seen.content.decode())
        # Each with as many messages: sending takes time, and time tells.
        answers[email] = [asked.status_code, asked["Location"], len(mail.outbox), seen.status_code, text]
        for _ in range(2):
            refused = client.post(CONFIRM, {"code": "0000-0000"})
            answers[email] += [refused.status_code, refused.context["form"].errors.as_json()]
        last = client.post(CONFIRM, {"code": "0000-0000"})
        answers[email] += [last.status_code, last["Location"], words(client.get(ASK))]
        assert not is_in(client)
    assert len({str(answer) for answer in answers.values()}) == 1
    assert "no account in use" in mail.outbox[0].body


def test_three_wrong_codes_void_the_right_one(client: Client, ana: User, caplog: Any) -> None:
    ask(client, ana.email)
    right = mailed()
    for _ in range(2):
        assert client.post(CONFIRM, {"code": other_than(right)}).status_code == 200
    assert client.post(CONFIRM, {"code": other_than(right)})["Location"] == ASK
    assert client.post(CONFIRM, {"code": right})["Location"] == ASK
    assert not is_in(client)
    lines = [record.getMessage() for record in caplog.records if record.name == "accounts.adapters"]
    assert lines == [f"Sign-in refused for account {ana.pk} from 127.0.0.1: wrong mailed code."] * 3
    assert right not in caplog.text


def test_attempts_sent_at_once_are_counted_together(client: Client, ana: User) -> None:
    """Each request reads the session before another has written how often it failed: as if none had."""
    ask(client, ana.email)
    right = mailed()
    before = Session.objects.get(pk=client.session.session_key).session_data
    for _ in range(3):
        client.post(CONFIRM, {"code": other_than(right)})
        client.cookies["sessionid"] = client.cookies["sessionid"].value
        Session.objects.update_or_create(
            pk=client.cookies["sessionid"].value,
            defaults={"session_data": before, "expire_date": timezone.now() + timezone.timedelta(hours=1)},
        )
    assert client.post(CONFIRM, {"code": right}).status_code == 302
    assert not is_in(client)


def test_a_code_is_short_lived(client: Client, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(client, ana.email)
    code, now = mailed(), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)
    assert client.post(CONFIRM, {"code": code})["Location"] == ASK
    assert not is_in(client)


def test_a_code_is_good_in_the_browser_that_asked_for_it_and_once(client: Client, ana: User) -> None:
    ask(client, ana.email)
    code = mailed()
    thief = Client()
    assert thief.post(CONFIRM, {"code": code})["Location"] == ASK
    ask(thief, "somebody@example.org")
    assert thief.post(CONFIRM, {"code": code}).status_code == 200
    assert not is_in(thief)
    before = client.session.session_key
    client.post(CONFIRM, {"code": code})
    assert is_in(client)
    assert client.session.session_key != before
    client.post("/en/accounts/logout/")
    assert client.post(CONFIRM, {"code": code})["Location"] == ASK


def test_a_mistyped_address_is_typed_anew(client: Client, ana: User) -> None:
    ask(client, "anna@example.org")
    for address in (LOGIN, ASK):
        assert client.get(address).status_code == 200
    ask(client, ana.email)
    assert client.post(CONFIRM, {"code": mailed()})["Location"] == "/en/workspace/"


def test_a_new_code_voids_the_one_before(client: Client, ana: User) -> None:
    ask(client, ana.email)
    first = mailed()
    ask(client, ana.email)
    second = mailed()
    assert first != second
    assert client.post(CONFIRM, {"code": first}).status_code == 200
    assert client.post(CONFIRM, {"code": second})["Location"] == "/en/workspace/"


def test_codes_are_asked_for_so_often_and_no_more(ana: User) -> None:
    for _ in range(5):
        assert ask(Client(), ana.email).status_code == 302
    refused = ask(Client(), ana.email.upper())
    assert refused.status_code == 200
    assert "Too many attempts" in words(refused)
    assert len(mail.outbox) == 5


@pytest.mark.parametrize(
    "email", ["ana@example.org\nBcc: b@example.org", "ana@example.org,b@example.org", "", "\x00", "anª@example.org"]
)
def test_no_other_address_gets_the_code(client: Client, ana: User, email: str) -> None:
    ask(client, email)
    assert [to for message in mail.outbox for to in message.recipients() if "b@" in to] == []
    assert not any(re.search(r"\d{4}-\d{4}", message.body) for message in mail.outbox)


@pytest.mark.parametrize("code", ["", "é" * 8, "\x00", "0" * 5000, "' OR 1=1"])
def test_what_is_no_code_opens_nothing(client: Client, ana: User, code: str) -> None:
    ask(client, ana.email)
    assert client.post(CONFIRM, {"code": code}).status_code == 200
    assert not is_in(client)


def test_an_account_closed_meanwhile_stays_shut(client: Client, ana: User) -> None:
    ask(client, ana.email)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    client.post(CONFIRM, {"code": mailed()})
    assert not is_in(client)


def test_the_forms_need_their_token(ana: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ASK, {"email": ana.email}).status_code == 403
    assert mail.outbox == []
