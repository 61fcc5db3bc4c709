// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Refused, Rules} from "./Refused.sol";

/// @title Reads the packed path of a Uniswap V3 swap: a token of 20 bytes, then fee (3) and token (20) of
/// each pool.
library Path {
    uint256 private constant TOKEN = 20;
    uint256 private constant POOL = 23;
    /// Three pools.
    uint256 private constant LONGEST = TOKEN + 3 * POOL;

    /// @notice The tokens in the order in which they are swapped.
    /// @param backwards Whether the path begins with what is bought.
    function tokens(bytes memory path, bool backwards) internal pure returns (address[] memory list) {
        if (path.length < TOKEN + POOL || path.length > LONGEST || (path.length - TOKEN) % POOL != 0) {
            revert Refused(Rules.PATH, 0, bytes32(path.length));
        }
        uint256 count = (path.length - TOKEN) / POOL + 1;
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[backwards ? count - 1 - i : i] = _token(path, i * POOL);
        }
    }

    function _token(bytes memory path, uint256 start) private pure returns (address) {
        uint160 read = 0;
        for (uint256 i = start; i < start + TOKEN; ++i) {
            read = (read << 8) | uint8(path[i]);
        }
        return address(read);
    }
}
