"""Every component on one page, to hold against the design's pictures.

python -m tests.ui.gallery 3900        builds it in a scratch folder and serves it until interrupted
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

import reflex as rx

from marketingos.domain.platform import Platform
from marketingos.ui.components.buttons import button, icon, icon_button, kbd, segmented, tab
from marketingos.ui.components.calendar_view import calendar_view
from marketingos.ui.components.feedback import banner, bone, connection_banner, empty, empty_line, failure, skeleton
from marketingos.ui.components.fields import counter, field, pill, select, switch, text_area, text_input, tick
from marketingos.ui.components.frame import Person, Pulse, frame, sheet, spring, toolbar
from marketingos.ui.components.head import head
from marketingos.ui.components.overlay import cancel_button, dialog, menu, menu_item, menu_rule, open_dialog, toast
from marketingos.ui.components.previews import Card, Editor, preview
from marketingos.ui.components.status import (
    check_row,
    platform_tile,
    platform_tiles,
    product_mark,
    status_badge,
    tag,
    thumb,
)
from marketingos.ui.theme import STATUS
from marketingos.ui.words import Language, t

ROOT = Path(__file__).resolve().parents[2]
ALL = [p.value for p in Platform]
CAPTION = (
    "¿Todavía pierdes clientes por no contestar? 💈 Estás a media tijera, suena el móvil y ese hueco se lo lleva otro. "
    "Con ReservasPro tus clientes reservan solos, a cualquier hora, y tú sigues cortando.\n\n#barberia #pymes"
)
PICTURE = "data:image/svg+xml," + quote(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1080 1350'><rect width='1080' height='1350' fill='#7a1f2e'/>"
    "<text x='90' y='260' font-family='Georgia' font-size='110' fill='#f5e6d3'>¿Todavía pierdes</text>"
    "<text x='90' y='390' font-family='Georgia' font-size='110' fill='#e8b866'>clientes?</text></svg>"
)
TITLES = (
    "¿Todavía pierdes clientes por no contestar?",
    "El sillón vacío de los martes tiene arreglo",
    "Menos WhatsApps. Más clases llenas",
)


def _entry(number: int, day: int, hour: str, status: str, cause: str = "", count: int = 2) -> dict[str, object]:
    return {
        "id": str(number),
        "kind": "post",
        "start": f"2026-11-{day:02}T{hour}:00+01:00",
        "time": hour,
        "status": status,
        "cause": cause,
        "title": TITLES[number % 3],
        "product": "ReservasPro",
        "thumb": "" if status == "DRAFT" else PICTURE,
        "platforms": ALL[:count],
        "movable": day > 22,
    }


CAUSES = {
    "FAILED": "Permiso retirado",
    "UNKNOWN": "TikTok no responde",
    "EXPIRED": "Sin aprobar a tiempo",
    "PARTIAL": "Falló en TikTok",
}
WEEK = [
    _entry(n, 23 + n % 7, f"{8 + n}:30".zfill(5), code, CAUSES.get(code, ""), 1 + n % 4)
    for n, code in enumerate(STATUS)
]
PAST = [_entry(100 + n, 2 + n * 2, "09:30", "PUBLISHED") for n in range(10)] + [
    _entry(120 + n, 12, f"1{n}:00", "PUBLISHED") for n in range(5)
]
FREE = [
    {
        "id": f"free-{day}",
        "kind": "free",
        "start": f"2026-11-{day}T12:30:00+01:00",
        "time": "12:30",
        "title": "",
        "platforms": ["linkedin"],
        "passed": day < 22,
    }
    for day in (20, 26, 30)
]


class Gallery(rx.State):
    """What the page of components plays with."""

    view: str = "month"
    date: str = "2026-11-22"
    events: list[dict] = rx.field(default_factory=lambda: [*PAST, *WEEK, *FREE])
    chosen: str = "105"
    last: str = ""
    editing: bool = True
    draft: str = CAPTION
    word: str = "FAILED"
    serial: int = 1
    revision: int = 0

    @rx.event
    def see(self, view: str):
        self.view = view

    @rx.event
    def note(self, *said: str):
        self.last = " ".join(said)

    @rx.event
    def moved(self, entry: str, start: str):
        self.last = f"{entry} -> {start}"
        self.revision += 1

    @rx.event
    def opened(self, entry: str):
        self.chosen = entry

    @rx.event
    def ranged(self, start: str, end: str, view: str):
        self.last = f"{start} {end} {view}"

    @rx.event
    def type_(self, text: str):
        self.draft = text

    @rx.event
    def save(self, form: dict):
        self.last = form["text"][:20]

    @rx.event
    def speak(self, code: str):
        yield Gallery.set_language(code)

    @rx.event
    async def set_language(self, code: str):
        (await self.get_state(Language)).code = code

    @rx.event
    def nothing(self):
        return None

    @rx.event
    def theme(self, name: str):
        self.last = name


def _framed(content: rx.Component, room: str) -> rx.Component:
    person = Person(
        name=rx.Var.create("Laura"),
        role=rx.Var.create("admin"),
        language=Language.code,
        on_language=Gallery.speak,
        on_theme=Gallery.theme,
        on_leave=Gallery.nothing,
    )
    pulse = Pulse(
        next_at=rx.Var.create("hoy 19:00"),
        zone="Madrid 17:42",
        to_approve=rx.Var.create(6),
        troubled=rx.Var.create(4),
        sandbox=True,
    )
    shown = toast(
        Gallery.serial,
        "Aprobada en 3 plataformas",
        "Sale mañana a las 08:30",
        False,
        True,
        on_undo=Gallery.nothing,
        on_dismiss=Gallery.nothing,
    )
    return frame(
        content, rx.cond(Gallery.serial > 1, shown), room=room, person=person, pulse=pulse, on_tick=Gallery.nothing
    )


@rx.page("/")
def calendar() -> rx.Component:
    """The month."""
    views = tuple((name, t(f"calendar.{name}")) for name in ("month", "week", "day"))
    return _framed(
        sheet(
            toolbar(
                icon_button("chevron-left", t("action.previous")),
                icon_button("chevron-right", t("action.next")),
                rx.el.h1("noviembre ", rx.el.small("2026")),
                button(t("calendar.today")),
                spring(),
                rx.el.span(Gallery.last, class_name="faint t-11 clip wide-only"),
                segmented(views, Gallery.view, Gallery.see, label=t("calendar.view")),
                button("Nueva", variant="primary", icon_name="plus"),
            ),
            rx.el.div(
                tab("Todas", selected=True, count=62),
                tab(icon("hourglass", 14), t("status.PENDING_APPROVAL"), selected=False, count=6),
                spring(),
                *(rx.el.button(platform_tile(p), class_name="tile-toggle", aria_pressed=p != "tiktok") for p in ALL),
                class_name="filters",
            ),
            calendar_view(
                events=Gallery.events,
                view=Gallery.view,
                date=Gallery.date,
                time_zone="Europe/Madrid",
                selected=Gallery.chosen,
                revision=Gallery.revision,
                now="2026-11-22T17:42:00+01:00",
                on_open=Gallery.opened,
                on_free=Gallery.opened,
                on_move=Gallery.moved,
                on_range=Gallery.ranged,
            ),
        ),
        "/",
    )


def _card(kind: str = "image") -> Card:
    return Card(
        name="ReservasPro",
        handle="reservaspro.es",
        text=Gallery.draft,
        cut=125,
        mark="scissors",
        ground="#7a1f2e",
        media_url=PICTURE,
        kind=kind,
        followers=1284,
        alt="",
    )


@rx.page("/cards")
def cards() -> rx.Component:
    """The four previews, one of them being edited."""
    editor = Editor(
        open=Gallery.editing,
        text=Gallery.draft,
        draft=Gallery.draft,
        length=Gallery.draft.length(),
        limit=3000,
        cut=125,
        on_change=Gallery.type_,
        on_save=Gallery.save,
        on_cancel=Gallery.nothing,
    )
    columns = [
        rx.el.div(preview(p, _card(), editor=editor if p == "linkedin" else None), style={"flex": "1", "minWidth": "0"})
        for p in ALL
    ]
    return _framed(
        sheet(
            toolbar(rx.el.h1("Publicación")),
            rx.el.div(*columns, class_name="row top gap-4 pad-5 well scroll grow wrap"),
        ),
        "/",
    )


@rx.page("/parts")
def parts() -> rx.Component:
    """Everything small."""
    return rx.el.div(
        rx.el.div(rx.el.img(src="/logo.svg", width="32"), rx.el.h1("Componentes"), class_name="row gap-3"),
        _states(),
        rx.el.div(
            _buttons(),
            _fields(),
            _pieces(),
            style={"display": "grid", "gridTemplateColumns": "1.26fr 1fr .74fr", "gap": "16px"},
        ),
        rx.el.div(_overlays(), _notices(), style={"display": "grid", "gridTemplateColumns": "1fr 1fr", "gap": "16px"}),
        connection_banner(),
        dialog(
            "reject",
            "Rechazar la publicación",
            rx.el.div(
                *(
                    pill(w, chosen=w == "Marca", on_click=Gallery.nothing)
                    for w in ("Tono", "Dato dudoso", "Marca", "Momento")
                ),
                class_name="row wrap",
            ),
            text_area("note"),
            tick("Proponer una regla"),
            lead="El motivo enseña a la IA. Se rechazan las 4 plataformas.",
            actions=(cancel_button("reject"), button("Rechazar", variant="danger-solid", key_hint="⌘↵")),
        ),
        class_name="col gap-4",
        style={"padding": "40px"},
        data_language=Language.code,
    )


def _block(title: str, *children: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h3(title), *children, class_name="sheet block col gap-3", style={"overflow": "visible"})


def _states() -> rx.Component:
    badges = rx.el.div(*(status_badge(code) for code in STATUS), class_name="row wrap")
    small = rx.el.div(
        *(status_badge(code, small=True) for code in STATUS),
        *(status_badge(code, bare=True) for code in list(STATUS)[:3]),
        class_name="row wrap",
    )
    return _block("Estados de una publicación", badges, small)


def _buttons() -> rx.Component:
    words = {
        "primary": "Aprobar",
        "normal": "Editar",
        "soft": "Reconectar",
        "quiet": "Posponer",
        "danger": "Rechazar",
        "danger-solid": "Rechazar",
    }
    rows = [
        rx.el.div(
            button(word, variant=name),
            button(word, variant=name, disabled=True),
            button(word, variant=name, size="sm"),
            button(word, variant=name, icon_name="check", key_hint="A"),
            class_name="row",
        )
        for name, word in words.items()
    ]
    busy = rx.el.div(
        button("Aprobar", variant="primary", busy=Gallery.editing, busy_label="Aprobando"),
        button("Generar", busy=Gallery.editing, busy_label="Generando"),
        icon_button("pencil", "Editar", key_hint="E"),
        button("Toast", on_click=Gallery.nothing),
        class_name="row",
    )
    return _block("Botones", *rows, busy)


def _fields() -> rx.Component:
    return _block(
        "Campos y contador",
        text_input("bar", default_value="Normal en barras", class_name="bar"),
        field("Normal en formularios", text_input("form", default_value="Normal"), control_id="form", hint="Una pista"),
        field(
            "Con error",
            text_input("bad", error=Gallery.word, default_value="12 de noviembre, 25:00"),
            control_id="bad",
            error=Gallery.word,
        ),
        select("choice", (("a", "Instagram"), ("b", "Facebook"))),
        counter(346, 3000),
        counter(2790, 3000),
        counter(3048, 3000),
    )


def _pieces() -> rx.Component:
    views = (("month", "Mes"), ("week", "Semana"), ("day", "Día"))
    return _block(
        "Plataformas y pequeñas piezas",
        rx.el.div(*(platform_tiles(ALL, size) for size in (13, 16, 20)), class_name="row gap-3"),
        rx.el.div(*(platform_tiles(ALL, size) for size in (24, 32)), class_name="row gap-3"),
        rx.el.div(
            tag("Gancho: pregunta"),
            tag(icon("pencil", 14), "Editando", kind="accent"),
            tag("v3", kind="line"),
            class_name="row",
        ),
        rx.el.div(
            switch("a", default_checked=True),
            switch("b"),
            tick("sí", default_checked=True),
            tick("no"),
            kbd("J"),
            kbd("⌘K"),
            class_name="row",
        ),
        segmented(views, Gallery.view, Gallery.see, label="x"),
        rx.el.div(
            product_mark("scissors", "#7a1f2e", 32),
            product_mark("receipt-text", "#1f5c4a", 32),
            product_mark("activity", "#141a33", 20),
            thumb(Gallery.last, 44, 52),
            class_name="row",
        ),
        check_row("ok", "Palabras vetadas", "ninguna"),
        check_row("warns", "Datos con respaldo", "avisa"),
        check_row("blocks", "Longitud", "bloquea"),
        check_row("looking", "Enlaces", "mirando"),
    )


def _overlays() -> rx.Component:
    items = (
        menu_item("Duplicar", icon_name="copy", menu_id="more"),
        menu_item("Rechazar", icon_name="x", danger=True, menu_id="more", key_hint="R"),
        menu_rule(),
        menu_item("Español", checked=Gallery.editing, menu_id="more"),
    )
    return _block(
        "Encima",
        rx.el.div(
            menu("more", button("Más", icon_name="ellipsis"), *items, side="start"),
            button("Rechazar…", variant="danger", on_click=open_dialog("reject")),
            class_name="row",
        ),
        banner(
            "cloud-off",
            rx.el.b("Sin conexión desde las 17:40. "),
            "Lo que escribas se conserva.",
            action=button("Reanudar", size="sm"),
        ),
        banner("octagon-pause", "Todo está en pausa.", kind="stopped"),
        rx.el.div(
            toast(
                Gallery.serial,
                "Aprobada en 3 plataformas",
                "Sale mañana a las 08:30",
                False,
                True,
                on_undo=Gallery.nothing,
                on_dismiss=Gallery.nothing,
            ),
            class_name="in-place",
        ),
        rx.el.div(
            toast(
                Gallery.serial,
                "No se puede mover: ya está publicada",
                "",
                Gallery.editing,
                False,
                on_undo=Gallery.nothing,
                on_dismiss=Gallery.nothing,
            ),
            class_name="in-place",
        ),
    )


def _notices() -> rx.Component:
    return _block(
        "Vacío, error, carga",
        failure(
            "Esta gráfica no se ha podido cargar",
            "Los datos están a salvo.",
            button("Volver a cargar", variant="primary", icon_name="refresh-cw"),
            reference="7F3K-21",
        ),
        empty("hourglass", "Aún no hay datos suficientes", "Hacen falta unas 8 publicaciones. Llevas 3."),
        empty_line("Nada por aprobar en FacturaClara", button("Quitar filtros", size="sm")),
        skeleton(bone("60%"), bone("90%"), rows=2),
    )


if "pytest" not in sys.modules:
    app = rx.App(
        stylesheets=["/tokens.css", "/app.css", "/calendar.css", "/previews.css", "/gallery.css"],
        head_components=head(),
        html_lang="es",
        toaster=None,
        app_wraps={},
    )


def main(port: str) -> None:
    """Builds and serves the gallery away from the product's own build."""
    scratch = Path(gettempdir()) / "marketingos-gallery"
    scratch.mkdir(exist_ok=True)
    config = (ROOT / "rxconfig.py").read_text().replace('app_name="marketingos"', 'app_name="gallery"')
    (scratch / "rxconfig.py").write_text(config.replace('"marketingos.app"', '"tests.ui.gallery"'))
    subprocess.run(["cp", "-r", str(ROOT / "assets"), str(ROOT / "reflex.lock"), str(scratch)], check=True)
    (scratch / "assets" / "gallery.css").write_text(
        ".in-place .toast-place { position: static; } .in-place .toast { animation: none; }"
    )
    command = [sys.executable, "-m", "reflex", "run", "--env", "prod", "--single-port", "--frontend-port", port]
    quiet = {"PYTHONPATH": str(ROOT), "REFLEX_USE_NPM": "1", "REFLEX_CHECK_LATEST_VERSION": "false"}
    environment = {**os.environ, **quiet, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(command, cwd=scratch, env=environment, check=False)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "3900")
