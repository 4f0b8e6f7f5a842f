"""The doors for programs that speak the APIs of OpenAI."""
