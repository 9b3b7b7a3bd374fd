"""The phrases themselves, by language and register. `{fact}` is a fact in lower case, `{Fact}` as a sentence."""

SOLUTIONS = {
    ("es", "instagram"): (
        "Con {product}, otra historia: {fact}",
        "{product} está para eso: {fact}",
        "Lo que cambia con {product}: {fact}",
        "Para eso hicimos {product}: {fact}",
        "Con {product} lo tienes resuelto: {fact}",
        "Aquí entra {product}: {fact}",
    ),
    ("es", "facebook"): (
        "Con {product} funciona así: {fact}",
        "Eso es justo lo que arregla {product}: {fact}",
        "{product} nació de ahí: {fact}",
        "En {product} lo resolvemos así: {fact}",
        "Por eso existe {product}. En la práctica, {fact}",
    ),
    ("es", "linkedin"): (
        "En {product} partimos de esa observación: {fact}",
        "Es el problema que resuelve {product}: {fact}",
        "Nuestra respuesta con {product} es sencilla: {fact}",
        "En {product} lo hemos planteado así: {fact}",
    ),
    ("en", "instagram"): (
        "With {product} it goes differently: {fact}",
        "That is what {product} is for: {fact}",
        "What changes with {product}: {fact}",
    ),
    ("en", "facebook"): (
        "With {product} it works like this: {fact}",
        "That is exactly what {product} fixes: {fact}",
        "This is how {product} works: {fact}",
    ),
    ("en", "linkedin"): (
        "That observation is where {product} started: {fact}",
        "It is the problem {product} solves: {fact}",
        "Our answer at {product} is a simple one: {fact}",
    ),
}

NEUTRAL = {
    "es": (
        "Así es {product}: {fact}",
        "De {product} conviene saber esto: {fact}",
        "Por si aún no lo conoces, {product} en una línea: {fact}",
        "En {product} lo tenemos claro: {fact}",
    ),
    "en": (
        "This is {product}: {fact}",
        "One thing to know about {product}: {fact}",
        "{product} in a line: {fact}",
    ),
}
"""For products outside the known trades, whose facts answer no pain that an idea could know."""

BY_VERB = {
    "es": ("{product} {fact}", "De eso se ocupa {product}: {fact}", "Ahí {product} ayuda: {fact}"),
    "en": ("{product} {fact}", "{product} takes care of that: it {fact}"),
}
"""For a fact whose verb has the product as its subject: “Envía recordatorios…”."""

ALSO = {
    "es": {
        "verb": ("Además, {fact}", "También {fact}"),
        "clause": ("Y {fact}", "Además, {fact}"),
        "noun": ("También: {fact}", "Y algo más: {fact}"),
    },
    "en": {
        "verb": ("It also {fact}", "And it {fact}"),
        "clause": ("And {fact}", "Besides, {fact}"),
        "noun": ("Also: {fact}", "And one thing more: {fact}"),
    },
}

CALLS = {
    ("es", "trial"): ("Pruébalo con tu propio negocio y decide después.", "Empieza hoy y míralo con tus datos.",
                      "Pruébalo esta semana, sin prisas."),
    ("es", "demo"): ("Escríbenos y te lo enseñamos con tu caso.", "Pídenos una demo y trae tus preguntas.",
                     "Te lo enseñamos en una llamada corta."),
    ("es", "comment"): ("Cuéntanoslo en los comentarios, leemos todos.", "¿Te suena? Te leemos abajo.",
                        "Dinos cómo lo haces tú."),
    ("es", "save"): ("Guárdalo para cuando lo necesites.", "Guarda este post: te va a venir bien.",
                     "Guárdalo y vuelve a él el lunes."),
    ("es", "share"): ("Pásaselo a quien lo está viviendo ahora mismo.", "Compártelo con tu equipo.",
                      "Etiqueta a quien le haga falta leer esto."),
    ("es", "link"): ("Míralo por dentro.", "Descubre cómo funciona.", "Échale un vistazo con calma."),
    ("es", "none"): ("",),
    ("en", "trial"): ("Try it with your own business and decide later.", "Start today and see it with your data."),
    ("en", "demo"): ("Write to us and we will show you with your own case.", "Ask for a demo, bring questions."),
    ("en", "comment"): ("Tell us in the comments, we read them all.", "Sound familiar? Tell us below."),
    ("en", "save"): ("Save this for when you need it.", "Save it and come back on Monday."),
    ("en", "share"): ("Send it to someone living this right now.", "Share it with your team."),
    ("en", "link"): ("Have a look inside.", "See how it works.", "Take a calm look at it."),
    ("en", "none"): ("",),
}  # fmt: skip

WAYS = {
    "es": {"instagram": "Enlace en la bio.", "linkedin": "El enlace, en el primer comentario."},
    "en": {"instagram": "Link in bio.", "linkedin": "Link in the first comment."},
}
"""How the site is pointed at where an address in the text costs reach; elsewhere the address stands itself."""

PILLARS = {
    "booking": "reservas", "reminder": "recordatorios", "waitlist": "lista de espera", "capacity": "aforo",
    "payment": "cobros", "legal": "normativa", "tax": "impuestos", "setup": "puesta en marcha", "support": "trato",
    "data": "orden y datos", "invoice": "facturación", "team": "equipo", "trial": "prueba", "price": "precio",
}  # fmt: skip

SHORT_CALLS = {
    "es": ("Pruébalo en {site}", "Míralo en {site}", "Más en {site}", "Todo en {site}"),
    "en": ("Try it at {site}", "See it at {site}", "More at {site}"),
}

GENERAL_TAGS = {
    "es": ("pymes", "negociolocal", "emprender", "autonomos", "productividad"),
    "en": ("smallbusiness", "localbusiness", "entrepreneur", "productivity", "founders"),
}
