"""The page on which a person lets an app act for them: people see that it is the sandbox, the app does not."""

from collections.abc import Mapping, Sequence
from html import escape

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


def consent_page(
    platform: str, app: str, scopes: Sequence[str], choices: Sequence[tuple[str, str]], asked: Mapping[str, str]
) -> str:
    """HTML whose form posts back `decision` (allow or deny) and the chosen `account` ids, all else unchanged."""
    hidden = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in asked.items())
    boxes = "".join(
        f'<label><input type="checkbox" name="account" value="{escape(key)}" checked>{escape(name)}</label>'
        for key, name in choices
    )
    chooser = f"<fieldset><legend>¿En qué cuentas?</legend>{boxes}</fieldset>" if choices else ""
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
