// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A tick so far out that no listed pair is there.
error TickTooFar(int256 tick);

/// @title Prices from ticks: 1.0001 to the power of the tick.
library Ticks {
    /// Beyond it a price no longer fits with the precision that is wanted.
    int256 private constant FARTHEST = 414_000;
    /// 2^128 / 1.0001, rounded.
    uint256 private constant STEP = 340248342086729790484326174814286782778;

    /// @notice 1.0001^tick with 128 binary places.
    function ratio(int256 tick) internal pure returns (uint256 power) {
        if (tick > FARTHEST || tick < -FARTHEST) revert TickTooFar(tick);
        uint256 bits = uint256(tick < 0 ? -tick : tick);
        uint256 square = STEP;
        power = 1 << 128;
        // Powers of the inverse stay below one, so that no product leaves 256 bits.
        for (; bits != 0; bits >>= 1) {
            if (bits & 1 != 0) power = (power * square) >> 128;
            square = (square * square) >> 128;
        }
        if (tick > 0) power = type(uint256).max / power;
    }
}
