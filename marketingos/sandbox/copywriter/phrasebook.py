"""The phrases themselves, by language and register. `{fact}` is a fact in lower case, `{Fact}` as a sentence."""

SOLUTIONS = {
    ("es", "instagram"): (
        "Con {product}, otra historia: {fact}.",
        "{product} está para eso: {fact}.",
        "Lo que cambia con {product}: {fact}.",
        "Para eso hicimos {product}: {fact}.",
        "¿Y si te lo quitas de encima? {product}: {fact}.",
        "Con {product} lo tienes resuelto: {fact}.",
    ),
    ("es", "facebook"): (
        "Con {product} funciona así: {fact}.",
        "Eso es justo lo que arregla {product}: {fact}.",
        "{product} nació de ahí: {fact}.",
        "En {product} lo resolvemos así: {fact}.",
        "Por eso existe {product}. En la práctica: {fact}.",
    ),
    ("es", "linkedin"): (
        "En {product} partimos de esa observación: {fact}.",
        "Es el problema que resuelve {product}: {fact}.",
        "Nuestra respuesta con {product} es sencilla: {fact}.",
        "En {product} lo hemos planteado así: {fact}.",
    ),
    ("en", "instagram"): (
        "With {product} it goes differently: {fact}.",
        "That is what {product} is for: {fact}.",
        "What changes with {product}: {fact}.",
        "{product} takes it off your plate: {fact}.",
    ),
    ("en", "facebook"): (
        "With {product} it works like this: {fact}.",
        "That is exactly what {product} fixes: {fact}.",
        "This is how {product} works: {fact}.",
    ),
    ("en", "linkedin"): (
        "That observation is where {product} started: {fact}.",
        "It is the problem {product} solves: {fact}.",
        "Our answer at {product} is a simple one: {fact}.",
    ),
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

SHORT_CALLS = {
    "es": ("Pruébalo en {site}", "Míralo en {site}", "Más en {site}", "Todo en {site}"),
    "en": ("Try it at {site}", "See it at {site}", "More at {site}"),
}

GENERAL_TAGS = {
    "es": ("pymes", "negociolocal", "emprender", "autonomos", "productividad"),
    "en": ("smallbusiness", "localbusiness", "entrepreneur", "productivity", "founders"),
}
