"""Which scene a prompt asks for: the words people use for it in English and Spanish."""

import random
import re
from collections.abc import Callable

from .canvas import Canvas
from .colour import Roles
from .scenes import abstract, barber, everyday, gym, office

Scene = Callable[[Canvas, Roles, random.Random], None]

WORDS: dict[Scene, str] = {
    everyday.missed_calls: r"missed call|llamadas? perdida|phone|smartphone|móvil|teléfono|notificat",
    everyday.messages: r"chat|message|mensaje|whatsapp|conversation|bubbles?\b|bocadillo",
    everyday.month_sheet: r"calendar|calendario|month|\bmes\b|date|deadline|plazo",
    everyday.bookings: r"booking|reservas?\b|appointment|\bcitas?\b|agenda|list of cards",
    everyday.wall_clock: r"clock|reloj|hours?\b|\bhoras?\b|waiting|espera\b",
    everyday.laptop: r"laptop|portátil|ordenador|computer|chart|gráfic|dashboard",
    everyday.shop_front: r"shop ?front|storefront|escaparate|fachada|street|calle|open sign|closed shop|persiana",
    everyday.bell: r"\bbell\b|campana|reminder|recordatorio|alarm",
    barber.chair: r"barber chair|sillón|barber'?s chair|silla de barber|mirror|espejo",
    barber.pole: r"barber pole|poste de barber|striped pole",
    barber.scissors: r"scissors|tijeras?|comb\b|peine",
    barber.shelf: r"razor|navaja|shaving brush|brocha|bottles? on a shelf|estante|tonic",
    barber.towels: r"towels?|toallas?",
    gym.kettlebell: r"kettlebell|pesa rusa",
    gym.dumbbells: r"dumbbells?|mancuernas?|weights rack|\bpesas\b",
    gym.mat: r"yoga|pilates|\bmat\b|esterilla",
    gym.lockers: r"lockers?|taquillas?|changing room|vestuario",
    gym.stopwatch: r"stopwatch|cronómetro|timer",
    gym.heartbeat: r"heartbeat|pulse line|latido|pulso",
    gym.schedule: r"class schedule|clases?\b|timetable|horario|spots|plazas|class cards",
    office.invoice: r"invoice|facturas?\b|bill\b",
    office.stamp: r"rubber stamp|stamp|sello",
    office.receipts: r"receipts?|tickets?\b|tiques?|drawer|cajón",
    office.binders: r"binders?|folders?|carpetas?|archivador",
    office.coffee: r"coffee|café|cup of|taza",
    office.progress: r"progress ring|ring that|anillo|seconds|segundos",
    office.calculator: r"calculator|calculadora|coins?|monedas|\biva\b|tax",
    abstract.arches: r"arch(es|way)|arcos",
    abstract.waves: r"waves? of paper|layered waves|olas",
    abstract.tiles: r"tiles|mosaic",
    abstract.orbits: r"orbits?\b|órbitas?",
    abstract.pebbles: r"stones|pebbles|piedras",
    abstract.hills: r"hills|colinas|path over",
    office.paper_plane: r"paper plane|avión de papel|sent\b|envia",
}

ABSTRACT: tuple[Scene, ...] = (
    abstract.arches, abstract.waves, abstract.tiles, abstract.orbits, abstract.pebbles, abstract.hills,
)  # fmt: skip


def scene_for(prompt: str, luck: random.Random) -> Scene:
    """The scene named earliest in the prompt; a brand composition when none is."""
    told = prompt.lower()
    named = {scene: match.start() for scene, words in WORDS.items() if (match := re.search(words, told))}
    return min(named, key=lambda scene: named[scene]) if named else luck.choice(ABSTRACT)
