// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A pool whose price moves, and which keeps the sums that Uniswap V3 keeps.
/// @notice A sum grows every second by the tick, or by one over the liquidity, as they were since the change
/// before. Between two notes it is on the straight line from one to the other.
contract MockObservedPool {
    struct Note {
        uint32 time;
        int56 ticks;
        uint160 thinness;
    }

    address public immutable token0;
    address public immutable token1;
    int24 public tick;
    uint128 public liquidity;
    Note[] private _notes;

    constructor(address a, address b) {
        (token0, token1) = (a, b);
        liquidity = 1e18;
        _notes.push(Note(uint32(block.timestamp), 0, 0));
    }

    /// @notice A swap, or a change of liquidity. Only the first of a block is noted: those after it find no time gone by.
    function move(int24 tick_, uint128 liquidity_) external {
        if (_notes[_notes.length - 1].time != block.timestamp) _notes.push(_grown());
        (tick, liquidity) = (tick_, liquidity_);
    }

    function observe(uint32[] calldata ago) external view returns (int56[] memory ticks, uint160[] memory thinness) {
        ticks = new int56[](ago.length);
        thinness = new uint160[](ago.length);
        for (uint256 i = 0; i < ago.length; ++i) {
            (ticks[i], thinness[i]) = _at(uint32(block.timestamp) - ago[i]);
        }
    }

    function _grown() private view returns (Note memory) {
        Note memory last = _notes[_notes.length - 1];
        uint32 time = uint32(block.timestamp) - last.time;
        return Note(
            uint32(block.timestamp),
            last.ticks + int56(tick) * int56(uint56(time)),
            last.thinness + ((uint160(time) << 128) / (liquidity == 0 ? 1 : liquidity))
        );
    }

    function _at(uint32 time) private view returns (int56, uint160) {
        require(time >= _notes[0].time, "OLD");
        Note memory later = _grown();
        uint256 i = _notes.length;
        while (_notes[i - 1].time > time) later = _notes[--i];
        Note memory earlier = _notes[i - 1];
        uint32 span = later.time - earlier.time;
        uint32 gone = time - earlier.time;
        if (gone == 0) return (earlier.ticks, earlier.thinness);
        if (gone == span) return (later.ticks, later.thinness);
        return (
            earlier.ticks + ((later.ticks - earlier.ticks) / int56(uint56(span))) * int56(uint56(gone)),
            earlier.thinness + uint160(uint256(later.thinness - earlier.thinness) * gone / span)
        );
    }
}
