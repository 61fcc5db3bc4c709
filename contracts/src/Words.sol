// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Lists of words in memory, for loops over a list's own length.
/// @notice Nothing asks whether the place exists: these loops run in every watched call, and their bounds
/// are the list's own.
library Words {
    function get(uint256[] memory list, uint256 place) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(list, 32), shl(5, place)))
        }
    }

    function put(uint256[] memory list, uint256 place, uint256 word) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(list, 32), shl(5, place)), word)
        }
    }
}
