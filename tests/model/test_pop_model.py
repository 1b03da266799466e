# SPDX-License-Identifier: GPL-3.0-or-later
"""Random histories of a POP3 box and two homes. CUR_MODEL_N / 2 histories from CUR_MODEL_SEED on."""

import pytest
from play import N, play, portions
from pop_history import PopHistory


@pytest.mark.parametrize("seeds", portions(N // 2, 5), ids=lambda seeds: f"from {seeds[0]}")
def test_any_pop3_history_ends_with_each_message_once_and_none_lost(seeds, record_property):
    play(PopHistory, seeds, record_property)
