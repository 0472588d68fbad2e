"""Blocks as columns are the sequence of single blocks that they stand for."""

import pytest

from transforms.records import Block, Blocks

SINGLE = [
    Block(0, "title", None, None, "Tïtle", 0, 5, 0, 6),
    Block(1, "blank", None, None, "\n", 5, 6, 6, 7),
    Block(2, "heading", 1, 1, "One", 6, 9, 7, 10),
]


def test_no_blocks_are_an_empty_sequence() -> None:
    assert list(Blocks()) == list(Blocks.of([])) == []
    with pytest.raises(IndexError):
        Blocks()[0]


def test_columns_give_back_the_single_blocks() -> None:
    blocks = Blocks.of(SINGLE)
    assert list(blocks) == SINGLE
    assert (blocks[-1], blocks[1:]) == (SINGLE[-1], tuple(SINGLE[1:]))
    assert len(blocks) == 3
    with pytest.raises(IndexError):
        blocks[3]


def test_the_place_of_a_block_decides_its_seq() -> None:
    assert [block.seq for block in Blocks.of(SINGLE[1:])] == [0, 1]
