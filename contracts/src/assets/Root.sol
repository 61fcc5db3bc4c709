// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The square root, rounded down.
library Root {
    /// @notice The largest number whose square is at most `square`.
    function floor(uint256 square) internal pure returns (uint256 root) {
        if (square == 0) return 0;
        // A power of two that is not below the root; each mean of it and the quotient comes closer from above.
        uint256 guess = 1;
        for (uint256 rest = square; rest != 0; rest >>= 2) {
            guess <<= 1;
        }
        do {
            root = guess;
            guess = (root + square / root) / 2;
        } while (guess < root);
    }
}
