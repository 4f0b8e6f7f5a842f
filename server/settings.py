"""All settings, read from the environment and `.env`: the only reader of either."""

from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, TypedDict

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class EngineSettings(TypedDict):
    """What the engine needs to know."""

    redis_url: str | None
    compact_after: timedelta
    runs_per_person: int | None


class Settings(BaseSettings):
    """Names are the field names in upper case. Everything has a default that is right for one machine."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    parley_host: str = Field("127.0.0.1", description="Address to listen on.")
    parley_port: int = Field(8000, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    parley_data: Path = Field(Path("data"), description="Folder of the embedded database, the models and the secrets.")
    parley_models: Path | None = Field(
        None, description="Folder of GGUF files; `models` in the data folder without it."
    )
    parley_web: Path = Field(ROOT / "web" / "out", description="The built web client.")
    parley_secret_key: SecretStr | None = Field(
        None,
        description="32 bytes in hexadecimal that encrypt stored secrets; made in the data folder without it.",
    )
    parley_earlier_secret_keys: SecretStr | None = Field(
        None,
        description="Earlier values of PARLEY_SECRET_KEY, separated by commas; what they sealed is sealed anew.",
    )
    parley_sign_up: bool = Field(False, description="Whether people may sign up by themselves after the first account.")
    parley_session_days: int = Field(30, ge=1, le=365, description="Days after which an unused session ends.")
    parley_allowed_origins: Annotated[list[str], NoDecode] = Field(
        [], description="Other origins that browsers may call from, separated by commas."
    )
    parley_public_url: str | None = Field(
        None,
        description="The address people use, such as https://chat.example.org; https makes cookies Secure.",
    )
    parley_worker: bool = Field(True, description="Whether `parley serve` also carries runs on.")
    parley_worker_concurrency: int = Field(100, ge=1, le=1000, description="Runs that a worker carries on at once.")
    parley_runs_per_person: int = Field(
        1_000, ge=0, description="Runs of one person that are at work at once, others wait; 0 is without a limit."
    )
    parley_shutdown_grace: float = Field(1.0, ge=0, le=600, description="Seconds that runs get to end at shutdown.")
    parley_compact_minutes: float = Field(
        10.0, ge=0, le=100_000, description="Minutes after the end of a run until the deltas in its log are joined."
    )
    parley_local_models: bool = Field(True, description="Whether local models are served by the embedded engine.")
    parley_local_memory_mb: int = Field(4_096, ge=256, description="Memory for loaded local models, in megabytes.")
    parley_log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL 15 or newer, postgresql://user:password@host/name; embedded without it."
    )
    redis_url: SecretStr | None = Field(
        None,
        description="Redis or Valkey 7 or newer that events go through, redis://:password@host; PostgreSQL without it.",
    )
    openai_api_key: SecretStr | None = Field(None, description="Adds this provider's models to the pool at start.")
    openai_base_url: str | None = Field(None, description="Base URL of an OpenAI-compatible endpoint.")
    openai_models: Annotated[list[str], NoDecode] = Field(
        [], description="Models to take from that endpoint, separated by commas; all chat models without it."
    )

    @field_validator("parley_allowed_origins", "openai_models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("redis_url")
    @classmethod
    def _scheme(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @field_validator("parley_log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        level = value.upper()
        if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level

    @cached_property
    def models_folder(self) -> Path:
        return (self.parley_models or self.parley_data / "models").resolve()

    @property
    def earlier_secret_keys(self) -> list[str]:
        given = self.parley_earlier_secret_keys
        return [] if given is None else [one.strip() for one in given.get_secret_value().split(",") if one.strip()]

    @property
    def session_lifetime(self) -> timedelta:
        return timedelta(days=self.parley_session_days)

    @property
    def engine(self) -> EngineSettings:
        url = self.redis_url.get_secret_value() if self.redis_url else None
        return EngineSettings(
            redis_url=url,
            compact_after=timedelta(minutes=self.parley_compact_minutes),
            runs_per_person=self.parley_runs_per_person or None,
        )

    @property
    def origins(self) -> frozenset[str]:
        """Origins besides our own that browsers may call from."""
        public = [self.parley_public_url] if self.parley_public_url else []
        return frozenset([*self.parley_allowed_origins, *public])

    @property
    def secure_cookies(self) -> bool:
        return (self.parley_public_url or "").startswith("https://")
