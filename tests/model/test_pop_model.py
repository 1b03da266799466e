# SPDX-License-Identifier: GPL-3.0-or-later
"""Random histories of a POP3 box and two homes. CUR_MODEL_N / 2 histories from CUR_MODEL_SEED on."""

import os
import time

import pytest
from pop_history import PopHistory

N = int(os.environ.get("CUR_MODEL_N", "40")) // 2
SEED = int(os.environ.get("CUR_MODEL_SEED", time.time()))
PORTION = 5


@pytest.mark.parametrize("portion", range(-(-N // PORTION)))
def test_any_pop3_history_ends_with_each_message_once_and_none_lost(portion):
    for seed in range(SEED + portion * PORTION, SEED + min((portion + 1) * PORTION, N)):
        history = PopHistory(seed)
        try:
            history.play()
        except BaseException:
            print(f"CUR_MODEL_SEED={seed} CUR_MODEL_N=2\n" + "\n".join(history.told))
            for place in history.places:
                print(place.name, (place.home.data / "cur.log").read_text()[-2000:])
            raise
        finally:
            history.close()
