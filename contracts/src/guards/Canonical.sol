// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Refused, Rules, WHOLE} from "./Refused.sol";

/// @title Lets only one encoding of a call pass.
/// @notice A guard decodes the arguments, encodes them again and compares. Whatever differs is refused:
/// dirty high bits, bytes at the end, other offsets, tails that overlap. So the contract that is called
/// cannot read anything else than the guard did, and neither can whoever shows the call to a person.
library Canonical {
    /// @notice Refuses calldata that is too short for `count` words of arguments.
    function enough(bytes calldata data, uint256 count) internal pure {
        if (data.length < 4 + 32 * count) revert Refused(Rules.SHORT, WHOLE, bytes32(data.length));
    }

    /// @notice The word `index` after the selector. The index has all its bits: one of eight would read
    /// another argument from the eighth on.
    function word(bytes calldata data, uint256 index) internal pure returns (uint256) {
        uint256 start = 4 + 32 * index;
        return uint256(bytes32(data[start:start + 32]));
    }

    /// @notice Refuses a dynamic argument that begins elsewhere than its canonical encoding does.
    /// @param index The word that says where it begins.
    /// @param wanted What that word has to say, in bytes.
    function offset(bytes calldata data, uint256 index, uint256 wanted) internal pure {
        enough(data, index + 1);
        uint256 seen = word(data, index);
        if (seen != wanted) revert Refused(Rules.OFFSET, uint16(index), bytes32(seen));
    }

    /// @notice How many units a dynamic argument has; refuses more than there are bytes for.
    /// @param index The word that says how many.
    /// @param unit How many bytes each takes.
    function length(bytes calldata data, uint256 index, uint256 unit) internal pure returns (uint256 count) {
        enough(data, index + 1);
        count = word(data, index);
        uint256 left = data.length - (4 + 32 * (index + 1));
        if (count > left / unit) revert Refused(Rules.SHORT, uint16(index), bytes32(count));
    }

    /// @notice Words as addresses. What is lost here shows in `same`.
    function addresses(uint256[] memory words) internal pure returns (address[] memory list) {
        list = new address[](words.length);
        for (uint256 i = 0; i < words.length; ++i) {
            list[i] = address(uint160(words[i]));
        }
    }

    /// @notice Refuses calldata that is not byte for byte what its arguments encode to.
    function same(bytes calldata data, bytes memory again) internal pure {
        if (keccak256(data) == keccak256(again)) return;
        uint256 index = 0;
        // Both begin with the same selector, and are compared a word at a time.
        while (4 + 32 * (index + 1) <= data.length && word(data, index) == _word(again, index)) ++index;
        bytes32 seen = bytes32(data[4 + 32 * index:]);
        revert Refused(Rules.CANONICAL, uint16(index), seen);
    }

    /// @dev Zero beyond the end, which no longer matters there: the lengths differ.
    function _word(bytes memory again, uint256 index) private pure returns (uint256 read) {
        uint256 start = 4 + 32 * index;
        for (uint256 i = start; i < start + 32 && i < again.length; ++i) {
            read |= uint256(uint8(again[i])) << (8 * (31 - (i - start)));
        }
    }
}
