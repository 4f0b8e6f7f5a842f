"""What is shared with everybody: who may change it."""

from domain.errors import Forbidden
from domain.ids import Kind
from persistence.versions import VersionedRow


def check_shared(kind: Kind, row: VersionedRow, *, admin: bool, taken_back: bool = False) -> None:
    """Forbidden for what everybody may use, unless an administrator changes it, or it is shared no more after that:
    whoever has shared it may not be one now."""
    if row.shared and not (admin or taken_back):
        raise Forbidden(f"Only an administrator may change a shared {kind}. Take it back first, with `shared: false`.")
