# SPDX-License-Identifier: GPL-3.0-or-later
"""Random histories of two sides and an engine between them that is killed and cut off: nothing lost,
nothing doubled, both sides the same in the end. CUR_MODEL_N histories from CUR_MODEL_SEED on."""

import os
import time

import pytest
from history import History

N = int(os.environ.get("CUR_MODEL_N", "40"))
SEED = int(os.environ.get("CUR_MODEL_SEED", time.time()))
PORTION = 10


@pytest.mark.parametrize("portion", range(-(-N // PORTION)))
def test_any_history_ends_with_both_sides_the_same_and_nothing_lost_or_doubled(portion):
    for seed in range(SEED + portion * PORTION, SEED + min((portion + 1) * PORTION, N)):
        history = History(seed)
        try:
            history.play()
        except BaseException:
            print(f"CUR_MODEL_SEED={seed} CUR_MODEL_N=1\n" + "\n".join(history.told))
            print("here ", history.here())
            print("there", history.there())
            print((history.home.data / "cur.log").read_text()[-3000:])
            raise
        finally:
            history.close()
