// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Canonical} from "../../src/guards/Canonical.sol";

/// @title Reads words of calldata as guards do; and says what the compiler's own decoder makes of them.
contract Reader {
    function word(bytes calldata data, uint256 index) external pure returns (uint256) {
        return Canonical.word(data, index);
    }

    /// @notice What a Solidity contract with this function would read, encoded again: the order of
    /// `swapExactTokensForTokens`.
    function list(bytes calldata data) external pure returns (bytes memory) {
        (uint256 a, uint256 b, address[] memory path, address to, uint256 until) =
            abi.decode(data[4:], (uint256, uint256, address[], address, uint256));
        return abi.encodeWithSelector(bytes4(data[:4]), a, b, path, to, until);
    }

    struct Order {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 given;
        uint256 least;
    }

    /// @notice The same for `exactInput`.
    function order(bytes calldata data) external pure returns (bytes memory) {
        return abi.encodeWithSelector(bytes4(data[:4]), abi.decode(data[4:], (Order)));
    }

    /// @notice The same for `multicall`.
    function calls(bytes calldata data) external pure returns (bytes memory) {
        return abi.encodeWithSelector(bytes4(data[:4]), abi.decode(data[4:], (bytes[])));
    }
}
