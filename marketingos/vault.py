"""Secrets at rest: Fernet ciphertext, several keys, the first one seals (cryptography.io/en/latest/fernet).

In the sandbox world, where nothing is secret, a key is made once and kept beside the database.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from marketingos.errors import Misconfigured
from marketingos.settings import get_settings


def seal(secret: SecretStr) -> str:
    """The ciphertext of a secret."""
    return _box().encrypt(secret.get_secret_value().encode()).decode()


def unseal(sealed: str) -> SecretStr:
    """The secret of a ciphertext. `Misconfigured` when no key opens it."""
    try:
        return SecretStr(_box().decrypt(sealed.encode()).decode())
    except InvalidToken as error:
        raise Misconfigured("error.no_key_opens") from error


def rotate(sealed: str) -> str:
    """The same secret under the first key."""
    return _box().rotate(sealed.encode()).decode()


def signing_keys() -> tuple[bytes, ...]:
    """The keys' bytes, from which addresses and signatures are derived; the first one signs, the others still hold."""
    return tuple(key.encode() for key in _keys())


@lru_cache(maxsize=1)
def _keys() -> tuple[str, ...]:
    settings = get_settings()
    given = tuple(key.strip() for key in settings.secret_keys.get_secret_value().split(",") if key.strip())
    if given:
        return given
    if not settings.is_sandbox:
        raise Misconfigured("error.secret_keys_missing")
    return (_sandbox_key(settings.data_dir / "sandbox.key"),)


@lru_cache(maxsize=1)
def _box() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in _keys()])
    except ValueError as error:
        raise Misconfigured("error.secret_keys_malformed") from error


def _sandbox_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(Fernet.generate_key().decode())
    except FileExistsError:
        pass
    return path.read_text().strip()


def forget() -> None:
    """Reads the keys anew at next use. For tests."""
    _keys.cache_clear()
    _box.cache_clear()
