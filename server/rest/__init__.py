"""The doors for programs that speak REST: fixed GraphQL operations behind addresses, described by OpenAPI."""
