"""Signing in, as people do it and as those try who should not get in."""

import re
from collections.abc import Callable
from smtplib import SMTPException
from typing import Any

import pytest
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings as in_force
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Change, User
from accounts.roles import ADMINISTRATORS, DATA_ENTRY
from accounts.second_factor import UnreadableSecret, decrypt
from partners.models import Partner
from tests import factories, second_factor
from tests.admin_pages import page
from tests.second_factor import code, enrol

pytestmark = pytest.mark.django_db

PASSWORD = "a-password-of-a-test"
LOGIN, SET_UP, CODE, AGAIN = (
    "/en/accounts/login/",
    "/en/accounts/second-factor/",
    "/en/accounts/code/",
    "/en/accounts/code/again/",
)
CODES = "/en/accounts/recovery-codes/"


@pytest.fixture(autouse=True)
def _as_on_a_server(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def colleague() -> User:
    return factories.staff(DATA_ENTRY, language="en")


def typed(client: Client, email: str, password: str = PASSWORD, next_page: str = "") -> Any:
    sent = {"login": email, "password": password, **({"next": next_page} if next_page else {})}
    return client.post(LOGIN, sent)


def location(answer: Any) -> str:
    assert answer.status_code == 302, answer.status_code
    return answer["Location"]


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def sentences(answer: Any) -> list[str]:
    return [each for messages in answer.context["form"].errors.values() for each in messages]


# --- The way in ----------------------------------------------------------------------------------------------------


def test_staff_set_up_a_second_factor_when_they_first_sign_in(client: Client, colleague: User) -> None:
    assert location(client.get("/admin/login/?next=/admin/partners/partner/", headers={"accept-language": "en"})) == (
        f"{LOGIN}?next=/admin/partners/partner/"
    )
    wanted = "/admin/partners/partner/"
    assert location(typed(client, colleague.email.upper(), next_page=wanted)) == wanted
    assert location(client.get(wanted)) == f"{SET_UP}?next=%2Fadmin%2Fpartners%2Fpartner%2F"

    shown = client.get(SET_UP, {"next": wanted})
    text = shown.content.decode()
    secret = shown.context["secret"]
    assert f">{secret}</code>" in text
    assert "<svg" in text
    assert "style=" not in text
    assert "data:" not in text
    wrong = client.post(SET_UP, {"code": "000000", "next": wanted})
    assert wrong.status_code == 200
    assert wrong.context["secret"] == secret
    assert Authenticator.objects.count() == 0
    assert location(client.post(SET_UP, {"code": code(secret), "next": wanted})) == (
        f"{CODES}?next=%2Fadmin%2Fpartners%2Fpartner%2F"
    )
    shown = client.get(CODES, {"next": wanted})
    assert len(shown.context["unused_codes"]) == 10
    assert f'href="{wanted}"' in shown.content.decode()
    assert client.get(wanted).status_code == 200
    assert [message.subject for message in mail.outbox] == []


def test_later_they_type_a_code_and_come_to_the_workspace(client: Client, colleague: User) -> None:
    enrol(colleague)
    assert location(typed(client, colleague.email)) == CODE
    assert not is_in(client)
    assert location(client.post(CODE, {"code": code()})) == reverse("workspace")
    assert is_in(client)
    assert client.session.get_expiry_age() == 12 * 60 * 60
    assert client.session.get_expire_at_browser_close()


def test_a_recovery_code_opens_once(client: Client, colleague: User) -> None:
    enrol(colleague)
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    typed(client, colleague.email)
    client.post(CODE, {"code": spare})
    assert is_in(client)
    other = Client()
    typed(other, colleague.email)
    assert other.post(CODE, {"code": spare}).status_code == 200
    assert not is_in(other)


def test_partners_need_no_second_factor_and_may_have_one(client: Client) -> None:
    person = factories.user(language="es")
    assert location(typed(client, person.email)) == "/en/"
    assert client.get("/en/accounts/").status_code == 200
    client.post(SET_UP, {"code": code(client.get(SET_UP).context["secret"])})
    other = Client()
    assert location(typed(other, person.email)) == CODE
    # Not for partners, and no endless way back and forth.
    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_signing_out_takes_a_form(colleague: User) -> None:
    client = second_factor.signed_in(colleague)
    assert client.get("/en/accounts/logout/").status_code == 200
    assert is_in(client)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/en/accounts/logout/").status_code == 403
    assert is_in(client)
    assert location(client.post("/en/accounts/logout/")) == "/en/"
    assert not is_in(client)


def test_there_is_no_address_to_sign_up_at(client: Client) -> None:
    for path in ("signup/", "email/", "confirm-email/", "3rdparty/", "social/signup/", "inactive/"):
        assert client.get(f"/en/accounts/{path}").status_code == 404, path
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


# --- The password, forgotten and changed ---------------------------------------------------------------------------


def test_a_forgotten_password_is_set_by_a_link_and_the_code_is_still_asked_for(client: Client, colleague: User) -> None:
    enrol(colleague)
    assert location(client.post("/fr/accounts/password/reset/", {"email": colleague.email.upper()})) == (
        "/fr/accounts/password/reset/done/"
    )
    [message] = mail.outbox
    assert message.to == [colleague.email]
    assert message.subject == "Set your password: EPE-AP results"
    [path] = re.findall(r"http://testserver(/\S+)", message.body)
    form = location(client.get(path))
    assert "set-password" in form
    assert "no-store" in client.get(form)["Cache-Control"]
    new = {"password1": "luz de agosto", "password2": "luz de agosto"}
    assert client.post(form, new).status_code == 302
    assert not is_in(client)
    assert "This link" in client.get(path.replace("/fr/", "/en/")).content.decode()
    assert location(typed(client, colleague.email, "luz de agosto")) == CODE


def test_an_unknown_address_and_an_unused_account_are_answered_alike(client: Client, colleague: User) -> None:
    retired = factories.user(is_active=False)
    answers = {}
    for email in (colleague.email, retired.email, "nobody@example.org"):
        asked = client.post("/en/accounts/password/reset/", {"email": email})
        # Each with as many messages: sending takes time, and time tells.
        answers[email] = (asked.status_code, asked["Location"], len(mail.outbox))
        mail.outbox.clear()
        refused = typed(client, email, "not the password")
        answers[email] += (refused.status_code, sentences(refused))
    assert len({str(answer) for answer in answers.values()}) == 1
    # Nor does the right password of an account that is no longer in use say more.
    assert sentences(typed(client, retired.email)) == answers[retired.email][-1]


def test_a_mail_server_that_fails_breaks_no_page(
    client: Client, colleague: User, monkeypatch: Any, caplog: Any
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise SMTPException("down")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    assert client.post("/en/accounts/password/reset/", {"email": colleague.email}).status_code == 302
    assert "could not be sent" in caplog.text


def test_a_password_is_changed_by_whoever_knows_it(colleague: User) -> None:
    client = second_factor.signed_in(colleague)
    new = {"password1": "luz de agosto", "password2": "luz de agosto"}
    url = "/en/accounts/password/change/"
    assert sentences(client.post(url, {"oldpassword": "wrong", **new})) == ["This is not your current password."]
    assert client.post(url, {"oldpassword": PASSWORD, **new}).status_code == 302
    assert is_in(client)
    assert mail.outbox[0].to == [colleague.email]
    assert location(client.get("/admin/password_change/")).endswith("/accounts/password/change/")


# --- Attacks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(client: Client, target: str) -> None:
    person = factories.user()
    assert location(typed(client, person.email, next_page=target)) == "/en/"
    assert location(client.get(LOGIN, {"next": target})) == "/en/"
    assert location(client.post("/en/accounts/logout/", {"next": target})) == "/en/"
    assert "evil" not in location(Client().get("/admin/login/", {"next": target}))


def test_before_the_second_factor_nothing_opens_and_nothing_is_written(client: Client, colleague: User) -> None:
    typed(client, colleague.email)
    partner = factories.partner()
    tries: list[tuple[Callable[..., Any], str]] = [
        (client.get, "/admin/"),
        (client.get, "/en/workspace/"),
        (client.get, "/en/"),
        (client.get, "/en/accounts/"),
        (client.get, CODES),
        (client.get, "/en/accounts/recovery-codes/download/"),
        (client.post, "/en/accounts/recovery-codes/new/"),
        (client.get, "/en/accounts/password/change/"),
        (client.post, page(Partner, "delete", partner.pk)),
        (client.post, page(Partner, "add")),
        (client.get, "/admin/autocomplete/"),
        (client.get, "/admin/jsi18n/"),
    ]
    for ask, path in tries:
        data = {"post": "yes"} if ask == client.post else {}
        assert location(ask(path, data)).partition("?")[0].endswith("/accounts/second-factor/"), path
    assert Partner.objects.filter(pk=partner.pk).exists()
    # Another language, and the way out, stay open.
    assert client.get("/es/accounts/second-factor/").status_code == 200
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


def test_a_session_opened_with_the_password_alone_stays_shut_when_the_owner_enrols(colleague: User) -> None:
    thief, owner = Client(), Client()
    typed(thief, colleague.email)
    typed(owner, colleague.email)
    owner.post(SET_UP, {"code": code(owner.get(SET_UP).context["secret"])})
    assert is_in(owner)
    assert location(thief.get("/en/workspace/")) == f"{AGAIN}?next=%2Fen%2Fworkspace%2F"
    assert location(thief.get("/en/accounts/reauthenticate/")) == AGAIN
    assert location(thief.post("/en/accounts/reauthenticate/", {"password": PASSWORD})) == AGAIN
    for path in (SET_UP, "/en/accounts/second-factor/remove/"):
        assert location(thief.post(path, {"code": "123456"})).startswith(AGAIN)
    assert not is_in(thief)
    assert Authenticator.objects.filter(user=colleague, type="totp").exists()


def test_a_code_is_good_once_even_where_processes_share_no_cache(colleague: User) -> None:
    from django.core.cache import cache

    enrol(colleague)
    first, second = Client(), Client()
    now = code()
    for client in (first, second):
        typed(client, colleague.email)
    first.post(CODE, {"code": now})
    assert is_in(first)
    cache.clear()
    for written in (now, f"{now[:3]} {now[3:]}"):
        assert second.post(CODE, {"code": written}).status_code == 200
    assert not is_in(second)


def test_the_session_gets_another_key_at_each_step(client: Client, colleague: User) -> None:
    enrol(colleague)
    typed(client, colleague.email)
    before = client.session.session_key
    client.post(CODE, {"code": code()})
    assert is_in(client)
    assert client.session.session_key != before


def test_passwords_are_guessed_slowly_and_each_refusal_is_on_record(
    client: Client, colleague: User, caplog: Any
) -> None:
    for _ in range(5):
        typed(client, colleague.email, "guess-of-a-stranger")
    assert sentences(typed(client, colleague.email)) == ["Too many attempts failed. Wait five minutes, then try again."]
    typed(client, "typed-a-passw0rd@example.org", "guess-of-a-stranger")
    lines = [record.getMessage() for record in caplog.records if record.name == "accounts.adapters"]
    assert lines == [
        *[f"Sign-in refused for account {colleague.pk} from 127.0.0.1: wrong password."] * 5,
        f"Sign-in refused for account {colleague.pk} from 127.0.0.1: too many attempts.",
        "Sign-in refused for an unknown address from 127.0.0.1: wrong password.",
    ]
    assert "guess" not in caplog.text


def test_no_refusal_takes_back_what_was_counted_in_the_database(
    client: Client, colleague: User, monkeypatch: Any
) -> None:
    """As with a cache that is a table: a transaction that fails would take the count of the attempt with it."""
    enrol(colleague)
    typed(client, colleague.email)
    consume = ratelimit.consume

    def counted(*args: Any, **kwargs: Any) -> Any:
        colleague.name += "x"
        colleague.save()
        return consume(*args, **kwargs)

    monkeypatch.setattr(ratelimit, "consume", counted)
    before = colleague.name
    client.post(CODE, {"code": "000000"})
    assert User.objects.get(pk=colleague.pk).name == f"{before}x"


def test_codes_are_guessed_slowly_too(client: Client, colleague: User, caplog: Any) -> None:
    enrol(colleague)
    typed(client, colleague.email)
    for guess in range(5):
        client.post(CODE, {"code": f"00000{guess}"})
    assert sentences(client.post(CODE, {"code": code()})) == [
        "Too many attempts failed. Wait five minutes, then try again."
    ]
    assert not is_in(client)
    # Beginning anew does not help.
    other = Client()
    typed(other, colleague.email)
    other.post(CODE, {"code": code()})
    assert not is_in(other)
    assert caplog.text.count("Second factor refused for account") == 7


def test_only_a_trusted_proxy_says_who_the_visitor_is(client: Client, settings: Any, caplog: Any) -> None:
    from_elsewhere = {"x-forwarded-for": "203.0.113.9, 198.51.100.7"}
    client.post(LOGIN, {"login": "a@example.org", "password": "x"}, headers=from_elsewhere)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client.post(LOGIN, {"login": "a@example.org", "password": "x"}, headers=from_elsewhere)
    assert re.findall(r"from (\S+):", caplog.text) == ["127.0.0.1", "198.51.100.7"]


def test_no_page_with_a_secret_is_kept_and_the_database_holds_none_in_clear(colleague: User) -> None:
    client = second_factor.signed_in(colleague)
    for path in (CODES, f"{CODES}download/", f"{CODES}new/", "/en/accounts/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"], path
    assert "no-store" in Client().get(LOGIN)["Cache-Control"]
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert second_factor.SECRET not in kept
    assert decrypt(kept) == second_factor.SECRET


def test_another_secret_key_locks_out_with_a_sentence_and_opens_to_nobody(
    client: Client, colleague: User, settings: Any, caplog: Any
) -> None:
    enrol(colleague)
    kept = Authenticator.objects.get(type="totp").data["secret"]
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    with pytest.raises(UnreadableSecret):
        decrypt(kept)
    typed(client, colleague.email)
    [sentence] = sentences(client.post(CODE, {"code": code()}))
    assert sentence.startswith("Your second factor can no longer be read.")
    assert not is_in(client)
    assert "was SECRET_KEY changed?" in caplog.text
    settings.SECRET_KEY_FALLBACKS = [former]
    assert decrypt(kept) == second_factor.SECRET


def test_changing_the_second_factor_takes_the_second_factor(colleague: User) -> None:
    client = second_factor.signed_in(colleague)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": 0},
        {"method": "password", "at": 9e9},
    ]
    session.save()
    for path in ("second-factor/remove/", "recovery-codes/", "recovery-codes/download/", "recovery-codes/new/"):
        assert location(client.get(f"/en/accounts/{path}")).startswith(AGAIN), path
    client.post(AGAIN, {"code": code()})
    assert location(client.post("/en/accounts/second-factor/remove/")) == "/en/accounts/"
    assert Authenticator.objects.filter(user=colleague).count() == 0


# --- A lost telephone ------------------------------------------------------------------------------------------------


def test_an_administrator_removes_a_colleagues_second_factor_on_record(
    colleague: User, django_capture_on_commit_callbacks: Any
) -> None:
    lost, own = second_factor.signed_in(colleague), factories.staff(ADMINISTRATORS, language="en")
    root = User.objects.create_superuser("root@example.org", PASSWORD, name="Root")
    enrol(root)
    client = second_factor.signed_in(own)
    order: dict[str, Any] = {
        "action": "remove_second_factor",
        "_selected_action": [colleague.pk, own.pk, root.pk],
        "change_reason": "  ",
    }
    url = page(User, "changelist")
    client.post(url, order)
    assert Authenticator.objects.filter(type="totp").count() == 3
    assert Change.objects.filter(made_by=own).count() == 0

    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, order | {"change_reason": "Telephone lost, called back"})
    assert sorted(Authenticator.objects.filter(type="totp").values_list("user__email", flat=True)) == sorted(
        [own.email, root.email]
    )
    [made] = Change.objects.filter(made_by=own)
    assert made.reason == f"Telephone lost, called back\nSecond factor removed: {colleague.email}"
    [message] = mail.outbox
    assert message.to == [colleague.email]
    assert "Reason: Telephone lost, called back" in message.body
    assert "_auth_user_id" not in lost.session
    assert is_in(client)


def test_readers_and_data_entry_staff_remove_nobodys(colleague: User) -> None:
    other = factories.staff(DATA_ENTRY)
    enrol(other)
    client = second_factor.signed_in(colleague)
    order = {"action": "remove_second_factor", "_selected_action": [other.pk], "change_reason": "x"}
    client.post(page(User, "changelist"), order)
    assert Authenticator.objects.filter(user=other, type="totp").exists()


# --- Every page ------------------------------------------------------------------------------------------------------


def test_pages_without_a_language_are_in_the_persons_own() -> None:
    client = second_factor.signed_in(factories.staff(DATA_ENTRY, language="es"))
    answer = client.get("/admin/")
    assert answer["Content-Language"] == "es"
    assert answer["Cache-Control"] != ""
    assert client.get("/fr/")["Content-Language"] == "fr"


def test_the_header_offers_what_the_person_may_open(client: Client, colleague: User) -> None:
    def offered(of: Client) -> set[str]:
        text = of.get("/en/about/").content.decode()
        pages = {"/en/workspace/", "/admin/", "/en/accounts/", LOGIN, "/en/accounts/logout/"}
        return {path for path in pages if f'="{path}"' in text}

    assert offered(client) == {LOGIN}
    assert offered(second_factor.signed_in(colleague)) == {
        "/en/workspace/",
        "/admin/",
        "/en/accounts/",
        "/en/accounts/logout/",
    }
    assert offered(second_factor.signed_in(factories.user())) == {"/en/accounts/", "/en/accounts/logout/"}


def test_visitors_cost_no_query_and_their_pages_hold_nothing_of_anybody(
    client: Client, django_assert_num_queries: Any
) -> None:
    # The one is about the version of the data.
    with django_assert_num_queries(1):
        answer = client.get("/en/about/")
    # Nothing that asked for a session or wrote a cookie bears a tag.
    assert answer.has_header("ETag")
    assert answer.cookies == {}
    person = second_factor.signed_in(factories.user()).get("/en/about/")
    assert "private" in person["Cache-Control"]
    assert "Cookie" in person["Vary"]


def test_a_second_factor_is_the_rule() -> None:
    from epe_ap import settings

    assert settings.STAFF_SECOND_FACTOR is True
    assert in_force.STAFF_SECOND_FACTOR is True
