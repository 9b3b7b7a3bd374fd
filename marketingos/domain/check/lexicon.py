"""What words are: dictionary forms of Spanish and English (simplemma), and the given names of people.

The dictionaries take about 100 MB once they are asked, so only words that could matter are looked up.
"""

from __future__ import annotations

from functools import cache, lru_cache


@lru_cache(maxsize=8_192)
def lemma(word: str, language: str) -> str:
    """The dictionary form of an inflected word; the word itself when it is not known."""
    import simplemma

    return str(simplemma.lemmatize(word, lang=_language(language)))


@lru_cache(maxsize=2_048)
def is_word(word: str) -> bool:
    """Whether Spanish or English has this word, so that it may be meant in small letters."""
    import simplemma

    return any(simplemma.is_known(word.casefold(), lang=language) for language in ("es", "en"))


def _language(language: str) -> str:
    short = language.partition("-")[0].lower()
    return short if short in ("es", "en", "pt") else "es"


@cache
def given_names() -> frozenset[str]:
    """Common given names of Spain and Latin America, plain."""
    return frozenset(_GIVEN_NAMES.split())


_GIVEN_NAMES = """
aaron abel abril adela adolfo adrian adriana agustin aina ainhoa aitana aitor alba albert alberto alejandra
alejandro alex alfonso alfredo alicia alma alonso alvaro amalia amanda amparo ana andrea andres angel angela angeles
angelica antonia antonio ariadna arturo asier aurora beatriz belen benito bernardo berta blanca borja brenda bruno
camila camilo candela carla carles carlos carlota carmen carolina catalina cecilia celia cesar chema clara claudia
claudio concepcion consuelo cristian cristina cristobal dani daniel daniela david diana diego dolores domingo edgar
eduardo elena elisa elvira emilia emilio emma encarna enrique eric ernesto esperanza esteban estefania ester esther
eugenia eugenio eva ezequiel fabian fatima federico felipe felix fermin fernanda fernando fidel francisca francisco
gabriel gabriela gael gemma gerardo german gilberto gloria gonzalo graciela gregorio guadalupe guillermo gustavo
hector helena hernan hugo ignacio iker ines inma irene iria isabel isidro ismael israel ivan jacinto jaime javier
jazmin jesus jimena joan joaquin jordi jorge jose josefa juan juana juanjo julia julian julio laia lara laura leire
leo leonardo leonor leticia lidia liliana lola lorena lorenzo lourdes lucas lucia luis luisa lupita macarena maite
manolo manuel manuela mar marc marcela marcelo marco marcos margarita maria mariana mariano maribel marina mario
marisol marta martin martina mateo matias mauricio maximo melissa mercedes miguel mikel milagros mireia miriam
moises monica montserrat natalia nerea nestor nicolas nieves noa noelia nora norma nuria octavio olga oliver omar
oriol oscar pablo paco paloma paola patricia paula pedro pepa pepe pilar quique rafael rafaela ramiro ramon raquel
raul rebeca regina remedios renata ricardo roberto rocio rodolfo rodrigo rogelio roman rosa rosalia rosario ruben
ruth salvador samuel sandra santi santiago sara saul sebastian sergio silvia simon sofia soledad sonia susana tamara
tania tatiana teresa tomas toni valentina valeria vanesa vera veronica vicente victor victoria violeta virginia xavi
ximena yaiza yolanda zoe mark john mary james sarah emily david michael
"""
