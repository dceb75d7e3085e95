"""What the board looks at."""

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.outcomes.models import BoardFigures


def latest_board(*, scope: Scope) -> BoardFigures | None:
    """What the board looks at now; None where nothing was worked out yet."""
    found: BoardFigures | None = BoardFigures.objects.visible_to(scope).order_by("-on").first()
    return found


def get_board(*, figures_id: int, scope: Scope) -> BoardFigures:
    found: BoardFigures | None = BoardFigures.objects.visible_to(scope).filter(pk=figures_id).first()
    if found is None:
        raise NotVisible()
    return found
