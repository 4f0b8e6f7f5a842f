"""The model pool: providers, their models, the traffic to them, and the choice of one for a prompt."""
