"""When a call that has not said anything yet is made again."""

from agents.retry import ModelRetryBackoffSettings, ModelRetrySettings, RetryDecision, RetryPolicyContext

LONGEST_WAIT = 10.0
"""Seconds a provider may ask us to wait; a person gets an error rather than a longer silence."""

HOPELESS = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


def _policy(context: RetryPolicyContext) -> RetryDecision | bool:
    """As the provider advises, but not after a time-out (the wait was long enough) nor without a chance."""
    advice, normalized = context.provider_advice, context.normalized
    if advice is None or advice.suggested is not True or normalized.is_timeout:
        return False
    if normalized.error_code in HOPELESS:
        return False
    wait = advice.retry_after
    if wait is not None and wait > LONGEST_WAIT:
        return False
    return RetryDecision(retry=True, delay=wait, reason=advice.reason)


RETRY = ModelRetrySettings(
    max_retries=2,
    backoff=ModelRetryBackoffSettings(initial_delay=0.25, max_delay=2.0, multiplier=2.0, jitter=True),
    policy=_policy,
)
