"""Logging in. The answer of a right pair is a single-use ticket; the route that takes it sets the cookie."""

from typing import TypedDict
from urllib.parse import quote

import reflex as rx
from reflex.event import EventSpec
from reflex_components_core.core.banner import has_connection_errors

from marketingos.domain.address import local_path
from marketingos.errors import MarketingError
from marketingos.services import people
from marketingos.settings import get_settings
from marketingos.text import sentence
from marketingos.ui.components.buttons import button
from marketingos.ui.components.feedback import connection_banner
from marketingos.ui.components.fields import field, password_input, text_input, tick
from marketingos.ui.components.frame import language_menu, theme_button
from marketingos.ui.notices import notices
from marketingos.ui.session import Session, language_of, navigate, session_token
from marketingos.ui.words import Language, t


class Answers(TypedDict):
    """The form."""

    email: str
    password: str
    remember: bool


class LoginState(rx.State):
    """The form's errors; what is typed stays in the browser until it is sent."""

    email_error: str = ""
    password_error: str = ""
    shown: bool = False
    busy: bool = False

    @rx.event
    async def enter(self) -> EventSpec | None:
        """Who is logged in already goes on; a void link says so."""
        self.busy = False
        if await people.who_is(session_token(self)):
            return rx.redirect(self._next())
        if self.router.url.query_parameters.get("void"):
            self.password_error = sentence("login.expired", await language_of(self))
        return None

    @rx.event
    def toggle(self) -> None:
        """Shows or hides the password."""
        self.shown = not self.shown

    @rx.event
    async def submit(self, answers: Answers):
        """Says which field is wrong, or leaves for the route that sets the cookie."""
        language = await language_of(self)
        email, password = answers["email"].strip(), answers["password"]
        self.email_error = "" if email else sentence("login.email_missing", language)
        self.password_error = "" if password else sentence("login.password_missing", language)
        if not (email and password):
            return
        self.busy = True
        yield
        # Said first: whatever goes wrong, one can try again.
        self.busy = False
        try:
            ticket = await people.open_ticket(email, password, remember=bool(answers.get("remember")))
        except MarketingError as error:
            self.password_error = sentence(error.key, language, **error.values)
            return
        self.busy = True
        yield navigate(f"/auth/ticket?ticket={quote(ticket)}&next={quote(self._next())}")

    def _next(self) -> str:
        target = str(self.router.url.query_parameters.get("next", "/"))
        return local_path(target)


@rx.page("/login", title=t("login.title") + " · MarketingOS", on_load=LoginState.enter)
def login() -> rx.Component:
    """The log-in page: no frame, one card."""
    return rx.el.div(
        rx.el.header(
            language_menu(Language.code, Session.speak, full=True),
            theme_button(Session.remember_theme),
            class_name="row end",
        ),
        rx.el.main(
            _brand(),
            _form(),
            rx.el.p(t("login.no_account"), class_name="faint t-12 access-note"),
            class_name="access-card",
        ),
        rx.el.footer(
            rx.cond(has_connection_errors, _state("off", "frame.offline"), _state("on", "login.all_well")),
            class_name="access-foot",
        ),
        connection_banner("floating"),
        notices(),
        class_name="access",
        data_language=Language.code,
    )


def _state(dot: str, words: str) -> rx.Component:
    return rx.fragment(rx.el.i(class_name="live-dot", data_s=dot), rx.el.span(t(words)))


def _brand() -> rx.Component:
    name = rx.el.div(
        rx.el.div("MarketingOS", class_name="t-20 strong"),
        rx.el.div(get_settings().organization_name, class_name="faint t-12"),
    )
    return rx.el.div(rx.el.img(src="/logo.svg", alt="", width="40", height="40"), name, class_name="access-brand")


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h1(t("login.title")),
        field(
            t("login.email"),
            text_input(
                "email",
                error=LoginState.email_error,
                size="lg",
                type="email",
                auto_complete="username",
                auto_focus=True,
            ),
            control_id="email",
            error=LoginState.email_error,
        ),
        field(
            t("login.password"),
            password_input(
                "password",
                shown=LoginState.shown,
                on_toggle=LoginState.toggle,
                error=LoginState.password_error,
                size="lg",
                auto_complete="current-password",
            ),
            control_id="password",
            error=LoginState.password_error,
        ),
        tick(t("login.remember"), name="remember", default_checked=True),
        button(
            t("login.submit"),
            variant="primary",
            size="lg",
            type="submit",
            class_name="wide",
            busy=LoginState.busy,
            busy_label=t("login.busy"),
        ),
        on_submit=LoginState.submit,
        class_name="access-form",
        no_validate=True,
    )
