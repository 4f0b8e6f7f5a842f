"""All settings, read from the environment and `.env`: the only reader of either."""

from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, TypedDict

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from orchestration.files.settings import FileSettings
from orchestration.tools.settings import ToolSettings
from orchestration.upkeep import Lifetimes
from server.service_settings import ServiceSettings

ROOT = Path(__file__).resolve().parent.parent


SMALLEST_RATE = 1_200
"""Points. The costliest request that is accepted must fit in."""

SHORTEST_TOKEN = 16
SHORTEST_LEDGER = 35
"""Days."""


class EngineSettings(TypedDict):
    """What the engine needs to know."""

    redis_url: str | None
    compact_after: timedelta
    runs_per_person: int | None
    lifetimes: Lifetimes
    mcp_processes: int
    tool_settings: ToolSettings
    file_settings: FileSettings


class Settings(ServiceSettings):
    """Names are the field names in upper case. Everything has a default that is right for one machine."""

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
    parley_sign_in_tries: int = Field(
        20,
        ge=3,
        le=100,
        description="Wrong passwords in a row for an account, then one a minute; five times as many from an address.",
    )
    parley_audit_days: int = Field(365, ge=1, le=3_650, description="Days that the audit log keeps its events.")
    parley_run_days: int = Field(
        0, ge=0, le=36_500, description="Days that an ended run keeps its events and steps; 0 is as long as its chat."
    )
    parley_call_days: int = Field(
        0, ge=0, le=36_500, description="Days that calls stand in the ledger one by one, at least 35; 0 is for ever."
    )
    parley_allowed_origins: Annotated[list[str], NoDecode] = Field(
        [], description="Other origins that browsers may call from, separated by commas."
    )
    parley_rate_per_viewer: int = Field(
        1_200_000,
        ge=0,
        le=1_000_000_000,
        description="Points that a person may ask for in a minute; 0 is without a limit.",
    )
    parley_rate_per_key: int = Field(
        600_000,
        ge=0,
        le=1_000_000_000,
        description="Points that one API key may ask for in a minute; 0 is without a limit.",
    )
    parley_rate_per_address: int = Field(
        6_000,
        ge=0,
        description="Points that an address may ask for in a minute without signing in; 0 is without a limit.",
    )
    parley_subscriptions_per_viewer: int = Field(
        1_000, ge=1, le=100_000, description="Subscriptions that a person may have open in one process."
    )
    parley_introspection: Literal["everyone", "signed-in", "nobody"] = Field(
        "signed-in", description="Who may read the schema through the API: everyone, signed-in or nobody."
    )
    parley_trusted_documents: Path | None = Field(
        None, description="File with an object of trusted documents by their SHA-256."
    )
    parley_trusted_only: bool = Field(
        False, description="Whether only trusted documents are executed; the playground needs others."
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
    parley_mcp_processes: int = Field(
        16, ge=1, le=1_000, description="MCP servers that one process lets run on its machine at once."
    )
    parley_local_models: bool = Field(True, description="Whether local models are served by the embedded engine.")
    parley_local_memory_mb: int = Field(4_096, ge=256, description="Memory for loaded local models, in megabytes.")
    parley_largest_file_mb: int = Field(
        20, ge=1, le=100, description="Most that a file may have which somebody attaches, in megabytes."
    )
    parley_files_per_person_mb: int = Field(
        1_000, ge=1, le=1_000_000, description="Most that all files of one person may have, in megabytes."
    )
    parley_api_key: SecretStr | None = Field(None, description="The API key that `parley mcp` signs in with.")
    parley_log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    parley_log_format: Literal["text", "json"] = Field("text", description="`text` for people, `json` for programs.")
    parley_slow_query_ms: int = Field(
        1_000, ge=0, description="Milliseconds from which a statement stands in the log as slow; 0 tells of none."
    )
    parley_metrics_token: SecretStr | None = Field(
        None, description="What Prometheus must send as a bearer to read `/metrics`; without it there is no `/metrics`."
    )
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL 15 or newer, postgresql://user:password@host/name; embedded without it."
    )
    direct_database_url: SecretStr | None = Field(
        None, description="The same PostgreSQL without a pooler, when DATABASE_URL leads through one."
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
    parley_private_hosts: Annotated[list[str], NoDecode] = Field(
        [], description="Hosts of private networks that tools may read, host or host:port, separated by commas."
    )
    parley_embedding_model: str | None = Field(
        None,
        description="Model of that endpoint which tells what memories mean; without it one of the models folder, or "
        "words.",
    )

    @field_validator("parley_allowed_origins", "openai_models", "parley_private_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("parley_rate_per_viewer", "parley_rate_per_key", "parley_rate_per_address")
    @classmethod
    def _rate(cls, value: int) -> int:
        if 0 < value < SMALLEST_RATE:
            raise ValueError(f"must be 0, or at least {SMALLEST_RATE:,}: what one request may cost")
        return value

    @field_validator("parley_call_days")
    @classmethod
    def _covers_a_month(cls, value: int) -> int:
        if 0 < value < SHORTEST_LEDGER:
            raise ValueError(
                f"must be 0, or at least {SHORTEST_LEDGER}: budgets of a month are added up from the calls"
            )
        return value

    @field_validator("parley_metrics_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"must have at least {SHORTEST_TOKEN} characters; `openssl rand -hex 24` makes one")
        return value

    @model_validator(mode="after")
    def _pooled(self) -> Self:
        if self.direct_database_url is not None and self.database_url is None:
            raise ValueError("DIRECT_DATABASE_URL needs DATABASE_URL as well")
        return self

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
            lifetimes=self.lifetimes,
            mcp_processes=self.parley_mcp_processes,
            tool_settings=self.tools,
            file_settings=self.files,
        )

    @property
    def lifetimes(self) -> Lifetimes:
        def kept(days: int) -> timedelta | None:
            return timedelta(days=days) if days else None

        return Lifetimes(
            timedelta(days=self.parley_audit_days), kept(self.parley_run_days), kept(self.parley_call_days)
        )

    @property
    def files(self) -> FileSettings:
        return FileSettings(self.parley_largest_file_mb * 1_000_000, self.parley_files_per_person_mb * 1_000_000)

    @property
    def tools(self) -> ToolSettings:
        brave, tavily = self.brave_api_key, self.tavily_api_key
        return ToolSettings(
            private_hosts=frozenset(self.parley_private_hosts),
            searxng_url=self.searxng_url,
            brave_key=brave.get_secret_value() if brave else None,
            tavily_key=tavily.get_secret_value() if tavily else None,
        )

    @property
    def rates(self) -> dict[str, int]:
        """Points in a minute, 0 without a limit, by whose they are."""
        per = {"viewer": self.parley_rate_per_viewer, "key": self.parley_rate_per_key}
        return per | {"address": self.parley_rate_per_address}

    @property
    def trusted_documents(self) -> list[Path]:
        """Files of trusted documents: the web client's, and what the operator adds."""
        return [self.parley_web / "documents.json", *filter(None, [self.parley_trusted_documents])]

    @property
    def origins(self) -> frozenset[str]:
        """Origins besides our own that browsers may call from."""
        public = [self.parley_public_url] if self.parley_public_url else []
        return frozenset([*self.parley_allowed_origins, *public])

    @property
    def secure_cookies(self) -> bool:
        return (self.parley_public_url or "").startswith("https://")
