"""Every kind of public page, and how it is looked at."""

from dataclasses import dataclass
from typing import Literal

LANGUAGES = ("fr", "es", "en")
#: A phone, a tablet, a desk.
WIDTHS = (320, 768, 1400)

#: Address of one page of each kind, by the name of its URL; what follows a colon tells two of one kind apart.
#: Short ones: a long page has more rows, not other ones.
PAGES = {
    "home": "/",
    "results": "/results/",
    "results:filtered": "/results/?country=CL&theme=T3",
    "results:empty": "/results/?country=MX&theme=T3&q=nothing-is-called-this",
    "results:asked for nonsense": "/results/?country=CL&theme=T3&project=B02&nonsense=1&sort=nonsense&page=99",
    "framework": "/framework/",
    "compare": "/compare/",
    "indicator": "/indicators/training-programmes/",
    "indicator_history": "/indicators/agreements-signed-programmes/history/",
    "figure": "/indicators/campaign-exposure/figures/epe-ap-2016-2023/",
    "countries": "/countries/",
    "country": "/countries/CO/",
    "themes": "/themes/",
    "theme": "/themes/D2/",
    "programmes": "/programmes/",
    "programme": "/programmes/skill-up/",
    "projects": "/projects/",
    "project": "/projects/B03/",
    "partners": "/partners/",
    "partner": "/partners/ceduc-ucn/",
    "forums": "/forums/",
    "forum": "/forums/2/",
    "sdgs": "/sdgs/",
    "goal": "/sdgs/13/",
    "publications": "/publications/?theme=D2",
    "findings": "/findings/?theme=T4",
    "work_plan": "/work-plans/canada-chile-trade-gender-2024-2025/",
    "sources": "/sources/",
    "source": "/sources/web-dimension-2/",
    "discrepancies": "/discrepancies/?severity=major",
    "search": "/search/?q=egalite",
    "search:empty": "/search/?q=nothing-is-called-this",
    "method": "/method/",
    "about": "/about/",
    "data": "/data/",
    "style": "/style/",
    "account_login": "/accounts/login/",
    "account_request_login_code": "/accounts/login/code/",
    "account_reset_password": "/accounts/password/reset/",
    "account_reset_password_done": "/accounts/password/reset/done/",
    "account_reset_password_from_key": "/accounts/password/reset/key/1-no-longer-good/",
    "account_reset_password_from_key_done": "/accounts/password/reset/key/done/",
    "confirm": "/confirm/there-is-no-such-code/",
    "invitation": "/invitation/there-is-no-such-code/",
    "404": "/there-is-no-such-page/",
}

#: What is downloaded, subscribed to or drawn for others to show: no page to look at.
FILES = {"results_csv", "results_xlsx", "results_json"}
FILES |= {"indicator_chart", "country_chart", "theme_chart", "project_chart"}
FILES |= {"forum_chart", "partner_chart", "goal_chart", "results_chart"}
FILES |= {"country_pdf", "partner_pdf", "programme_report", "project_pdf", "theme_pdf"}
FILES |= {"feed", "work_plan_calendar", "site_picture", "figure_picture"}
#: What opens to whoever has signed in, or has a code on its way; test_site.py and test_invitation.py look at it.
SIGNED_IN = {
    "account_confirm_login_code",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
}


@dataclass(frozen=True)
class Look:
    """A page as one reader sees it."""

    address: str
    scheme: Literal["light", "dark"]
    width: int
    #: What axe looks at: contrast takes most of its time and has nothing to do with language and width, so it is looked at
    #: alone, once in light and once in dark, in the first rows of each list; all else a third time, in every row.
    at_colours: bool


def looks(name: str) -> list[Look]:
    """The page once in each language, in light and in dark. Which of them is narrow, and what is looked at in which, change
    from page to page: every language is met by all of it, on every third page."""
    ways: list[tuple[Literal["light", "dark"], int]] = [("light", 320), ("dark", 1400), ("light", 1400), ("dark", 320)]
    start = list(PAGES).index(name)
    languages = [LANGUAGES[(start + number) % len(LANGUAGES)] for number in range(len(LANGUAGES))]
    return [
        Look(f"/{language}{PAGES[name]}", *ways[(start + number) % len(ways)], at_colours=number < 2)
        for number, language in enumerate(languages)
    ]
