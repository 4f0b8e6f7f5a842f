"""Settings of what a server works with that is not ours: mail, a provider of sign-ins, search engines, a collector of
traces."""

from typing import Literal, Self
from urllib.parse import unquote

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.mail import Smtp
from server.tracing import Collector


class ServiceSettings(BaseSettings):
    """The part of `Settings` that is about services of others, with the address that those send people back to."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    parley_public_url: str | None = Field(
        None,
        description="The address people use, such as https://chat.example.org; https makes cookies Secure.",
    )
    otel_exporter_otlp_endpoint: str | None = Field(
        None, description="Collector of OpenTelemetry that gets traces by OTLP over HTTP; none are made without it."
    )
    otel_exporter_otlp_headers: SecretStr | None = Field(
        None, description="Headers for the collector, name=value, separated by commas."
    )
    otel_service_name: str = Field("parley", description="What this process is called in traces.")
    searxng_url: str | None = Field(None, description="SearXNG server that searches the web for agents.")
    brave_api_key: SecretStr | None = Field(None, description="Lets agents search the web with Brave.")
    tavily_api_key: SecretStr | None = Field(None, description="Lets agents search the web with Tavily.")
    smtp_host: str | None = Field(None, description="Mail server for invitations and forgotten passwords.")
    smtp_port: int = Field(587, ge=1, le=65_535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls, tls from the first byte (mostly port 465), or none."
    )
    smtp_username: str | None = Field(None, description="Name that signs in to the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Its password.")
    smtp_from: str | None = Field(None, description="Address that mails come from, such as parley@example.org.")
    oidc_issuer: str | None = Field(
        None, description="OpenID Connect provider that people may sign in with, https://accounts.example.org."
    )
    oidc_client_id: str | None = Field(None, description="What Parley is called there.")
    oidc_client_secret: SecretStr | None = Field(None, description="Its secret there; none for a public client.")
    oidc_name: str = Field("single sign-on", description="What people read on the button.")
    oidc_sign_up: bool = Field(
        False, description="Whether somebody with a verified address there gets an account here by signing in."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Links in mails, and where a provider sends people back to, must not depend on what a request says."""
        for name, wanted in {
            "SMTP_HOST": (self.smtp_host, self.smtp_from, "SMTP_FROM"),
            "OIDC_ISSUER": (self.oidc_issuer, self.oidc_client_id, "OIDC_CLIENT_ID"),
        }.items():
            set_, other, other_name = wanted
            if set_ and not (other and self.parley_public_url):
                raise ValueError(f"{name} needs {other_name} and PARLEY_PUBLIC_URL as well")
        return self

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str | None) -> str | None:
        local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
        if value is not None and not value.startswith(("https://", *local)):
            raise ValueError("must begin with https://")
        return value

    @field_validator("searxng_url", "otel_exporter_otlp_endpoint")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @property
    def smtp(self) -> Smtp | None:
        if self.smtp_host is None or self.smtp_from is None:
            return None
        password = self.smtp_password.get_secret_value() if self.smtp_password else None
        return Smtp(self.smtp_host, self.smtp_port, self.smtp_security, self.smtp_from, self.smtp_username, password)

    @property
    def collector(self) -> Collector | None:
        """Where traces go, if anywhere."""
        if self.otel_exporter_otlp_endpoint is None:
            return None
        secret = self.otel_exporter_otlp_headers
        given = [one.partition("=") for one in (secret.get_secret_value() if secret else "").split(",") if one.strip()]
        headers = {name.strip(): unquote(value.strip()) for name, _, value in given}
        return Collector(self.otel_exporter_otlp_endpoint, headers, self.otel_service_name)
