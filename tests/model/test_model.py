# SPDX-License-Identifier: GPL-3.0-or-later
"""Random histories of two sides and an engine between them that is killed and cut off: nothing lost,
nothing doubled, both sides the same in the end. CUR_MODEL_N histories from CUR_MODEL_SEED on."""

import pytest
from history import History
from play import N, play, portions


@pytest.mark.parametrize("seeds", portions(N, 10), ids=lambda seeds: f"from {seeds[0]}")
def test_any_history_ends_with_both_sides_the_same_and_nothing_lost_or_doubled(seeds, record_property):
    play(History, seeds, record_property)
