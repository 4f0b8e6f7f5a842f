"""The model pool as the settings want it: the models folder, and the provider that is named there."""

from contextlib import nullcontext
from urllib.parse import urlsplit

from orchestration.inference.embedding import Address, Embedder, EmbeddingModel
from orchestration.inference.folder import ModelsFolder
from orchestration.inference.local.embeddings import LocalEmbeddings
from orchestration.inference.local.engine import LocalEngine
from orchestration.inference.pool import ModelPool
from orchestration.inference.register import (
    register_local_models,
    register_settings_provider,
    retire_settings_provider,
)
from orchestration.inference.tiers import Tiers
from persistence.database import Database
from server.keys import secret_key
from server.settings import Settings

OPENAI = "https://api.openai.com/v1"
DISCOVER_AGAIN = 3600.0
TRY_AGAIN = 15.0


def open_pool(settings: Settings, db: Database) -> ModelPool:
    """A pool that is filled when it starts."""
    configured = settings.parley_secret_key
    key = secret_key(configured.get_secret_value() if configured else None, settings.parley_data)

    async def provider() -> float | None:
        base_url, api_key = settings.openai_base_url, settings.openai_api_key
        if base_url is None and api_key is None:
            await retire_settings_provider(db)
            return None
        listed = await register_settings_provider(
            db,
            name=_name_of(base_url),
            endpoint=pool.endpoint(base_url or OPENAI, api_key.get_secret_value() if api_key else None),
            secret_key=key,
            model_names=settings.openai_models,
        )
        return DISCOVER_AGAIN if listed else TRY_AGAIN

    async def no_local_models() -> None:
        await register_local_models(db, [])

    async def others() -> float:
        return await pool.providers.keep_fresh()

    earlier = [secret_key(one, settings.parley_data) for one in settings.earlier_secret_keys]
    if not settings.parley_local_models:
        sources = [no_local_models, provider, others]
        pool = ModelPool(db, secret_key=key, earlier_keys=earlier, sources=sources)
        return pool
    folder = settings.models_folder
    folder.mkdir(parents=True, exist_ok=True)
    engine = LocalEngine(settings.parley_data / "logs", settings.parley_local_memory_mb)
    tiers = Tiers(db, engine)
    engine.moved = tiers.moved
    pool = ModelPool(
        db, secret_key=key, earlier_keys=earlier, models_folder=folder, weights=engine,
        sources=[ModelsFolder(db, folder, tiers), provider, others],
    )  # fmt: skip
    return pool


def open_embedder(settings: Settings, pool: ModelPool) -> Embedder | None:
    """What finds memories by their meaning: the model that the settings name, else one of the models folder."""
    name = settings.parley_embedding_model
    if name is None:
        local = settings.parley_local_models
        return Embedder(pool, LocalEmbeddings(settings.models_folder, pool.serve).find) if local else None
    key = settings.openai_api_key
    server = Address(settings.openai_base_url or OPENAI, key.get_secret_value() if key else None)

    async def named() -> EmbeddingModel:
        return EmbeddingModel(name, lambda: nullcontext(server))

    return Embedder(pool, named)


def _name_of(base_url: str | None) -> str:
    return "OpenAI" if base_url is None else urlsplit(base_url).hostname or base_url
