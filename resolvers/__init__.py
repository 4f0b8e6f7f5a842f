"""The doors of the API: root queries, mutations and subscriptions, one file a noun."""
