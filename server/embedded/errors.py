"""What can go wrong with the embedded database, in words for the person who runs it."""


class EmbeddedError(Exception):
    """`message` says what happened, `remedy` what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message, self.remedy = message, remedy
