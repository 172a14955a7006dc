"""What a community answers: scores of one seeker, and places in a list."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one seeker against all members, in the order of ``Community.ids``."""

    fit_for_me: FloatArray
    fit_for_them: FloatArray
    joint: FloatArray


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place in a list of proposals."""

    candidate_id: str
    fit_for_me: float
    fit_for_them: float
    joint: float
