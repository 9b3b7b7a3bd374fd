"""The page on which a person lets an app act for them: people see that it is the sandbox, the app does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse

_STYLE = """
:root { color-scheme: light dark; --ground: light-dark(#f6f4f0, #171614); --card: light-dark(#fff, #211f1c);
  --text: light-dark(#1e1c19, #f2efe9); --soft: light-dark(#55514a, #b8b2a7); --line: light-dark(#e0dcd4, #3a3732);
  --accent: light-dark(#4a45cf, #8d89f0); --on: light-dark(#fff, #14130f); }
* { box-sizing: border-box; } body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px;
  background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(440px, 100%); background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: 28px; } h1 { font-size: 20px; line-height: 1.3; margin: 12px 0 6px; text-wrap: balance; }
p { color: var(--soft); margin: 0 0 16px; } ul { color: var(--soft); padding-left: 20px; font-size: 14px; }
label { display: flex; gap: 10px; padding: 10px 0; border-top: 1px solid var(--line); }
fieldset { border: 0; padding: 0;
  margin: 0 0 16px; } legend { font-weight: 600; padding: 0 0 8px; }
.mark { display: inline-block; background: #f7d774; color: #3a2c00; border-radius: 99px; padding: 2px 12px;
  font-size: 13px; font-weight: 600; } .row { display: flex; gap: 12px; margin-top: 20px; }
button { flex: 1; min-height: 44px; border-radius: 10px; border: 1px solid var(--line); font: inherit; cursor: pointer;
  background: none; color: inherit; } button[value=allow] { background: var(--accent); color: var(--on);
  border-color: transparent; font-weight: 600; }
"""


@dataclass(frozen=True)
class Consent:
    """What the app asks for, and what the person said: `decision` is empty while the page is still to be shown."""

    asked: Mapping[str, str]
    decision: str
    accounts: tuple[str, ...]


async def read_consent(request: Request) -> Consent:
    """Read the dialog's address and, once its form is sent, the answer."""
    form = await request.form()
    asked = {**request.query_params, **{name: str(value) for name, value in form.items()}}
    return Consent(asked, asked.get("decision", ""), tuple(str(value) for value in form.getlist("account")))


def back_to_app(consent: Consent, **values: str) -> RedirectResponse:
    """Send the browser back to the app with these values and the state it sent along."""
    uri = consent.asked["redirect_uri"]
    query = urlencode({**values, "state": consent.asked.get("state", "")}, quote_via=quote)
    return RedirectResponse(f"{uri}{'&' if '?' in uri else '?'}{query}", 302)


def consent_page(
    platform: str,
    app: str,
    scopes: Sequence[str],
    choices: Sequence[tuple[str, str]],
    asked: Mapping[str, str],
    *,
    single: bool = False,
) -> str:
    """HTML whose form posts back `decision` (allow or deny) and the chosen `account` ids (one, if `single`)."""
    hidden = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in asked.items())
    kind = "radio" if single else "checkbox"
    boxes = "".join(
        f'<label><input type="{kind}" name="account" value="{escape(key)}" {"" if single and index else "checked"}>'
        f"{escape(name)}</label>"
        for index, (key, name) in enumerate(choices)
    )
    question = "¿Con qué cuenta?" if single else "¿En qué cuentas?"
    chooser = f"<fieldset><legend>{question}</legend>{boxes}</fieldset>" if choices else ""
    wanted = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    return (
        f'<!doctype html><html lang="es"><head><meta charset="utf-8"><title>{escape(platform)} · Pruebas</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main>'
        f'<span class="mark">Pruebas · esto no es {escape(platform)}</span>'
        f"<h1>{escape(app)} quiere usar tu cuenta de {escape(platform)}</h1>"
        f"<p>Podrá publicar y leer resultados con estos permisos:</p><ul>{wanted}</ul>"
        f'<form method="post">{hidden}{chooser}<div class="row">'
        '<button name="decision" value="deny">Cancelar</button>'
        '<button name="decision" value="allow">Continuar</button></div></form></main></body></html>'
    )
