// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "./interfaces/IERC20.sol";

/// @title Calls to contracts that may do anything.
library Outside {
    /// A token did not do what it was asked.
    error TokenRefused(address token);
    /// A call failed that may have failed for want of gas alone; with more, it says what it is.
    error TooLittleGas();

    /// What stands for a figure that could not be read.
    uint256 internal constant UNREADABLE = type(uint256).max;
    /// What any one asset is given to be weighed, or to be handed over, when somebody leaves: one that burns all
    /// its gas burns no more, and a transaction has room for that.
    uint256 internal constant MOST_GAS = 4_000_000;

    /// @notice Passes on what a failed call said, unchanged.
    function bubble(bytes memory reason) internal pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /// @notice Nobody makes a call fail by giving little gas: whoever started with `had` had enough for `most`, of
    /// which a call is given at most 63 parts of 64, or everything is undone.
    function enough(uint256 had, uint256 most) internal pure {
        if (had < most + most / 32) revert TooLittleGas();
    }

    /// @notice Asks for one word.
    function word(address target, bytes memory question) internal view returns (bool ok, uint256 answer) {
        return _word(target, question, gasleft());
    }

    /// @notice Asks for one word with no more gas than this.
    function wordWithin(address target, bytes memory question, uint256 most)
        internal
        view
        returns (bool ok, uint256 answer)
    {
        uint256 had = gasleft();
        (ok, answer) = _word(target, question, most);
        if (!ok) enough(had, most);
    }

    function _word(address target, bytes memory question, uint256 most) private view returns (bool ok, uint256 answer) {
        assembly ("memory-safe") {
            ok := staticcall(most, target, add(question, 32), mload(question), 0, 32)
            ok := and(ok, gt(returndatasize(), 31))
            answer := mload(0)
        }
    }

    /// @notice The same where the question is a selector alone.
    function word(address target, bytes4 question) internal view returns (bool ok, uint256 answer) {
        assembly ("memory-safe") {
            mstore(0, question)
            ok := staticcall(gas(), target, 0, 4, 0, 32)
            ok := and(ok, gt(returndatasize(), 31))
            answer := mload(0)
        }
    }

    /// @notice Asks for one word about an account, without memory: it is asked several times in every call.
    function about(address target, bytes4 question, address account) internal view returns (bool ok, uint256 answer) {
        assembly ("memory-safe") {
            mstore(0, question)
            // What stands above an address here, the language leaves open, so it is shifted out.
            mstore(16, shl(96, account))
            ok := staticcall(gas(), target, 0, 36, 0, 32)
            ok := and(ok, gt(returndatasize(), 31))
            answer := mload(0)
        }
    }

    /// @notice Asks a question that is answered with yes or no; no answer is a no.
    function says(address target, bytes4 question, address account) internal view returns (bool) {
        (bool ok, uint256 answer) = about(target, question, account);
        return ok && answer == 1;
    }

    /// @notice A token's balance, or UNREADABLE.
    function balance(address token, address holder) internal view returns (uint256 amount) {
        bool ok;
        (ok, amount) = about(token, IERC20.balanceOf.selector, holder);
        if (!ok) amount = UNREADABLE;
    }

    function transfer(address token, address to, uint256 amount) internal {
        _must(token, abi.encodeWithSignature("transfer(address,uint256)", to, amount));
    }

    function transferFrom(address token, address from, address to, uint256 amount) internal {
        _must(token, abi.encodeWithSignature("transferFrom(address,address,uint256)", from, to, amount));
    }

    function approve(address token, address spender, uint256 amount) internal {
        _must(token, abi.encodeWithSignature("approve(address,uint256)", spender, amount));
    }

    /// Some tokens answer nothing, and some answer no without reverting.
    function _must(address token, bytes memory data) private {
        if (token.code.length == 0) revert TokenRefused(token);
        (bool ok, bytes memory told) = token.call(data);
        if (!ok) bubble(told);
        if (told.length != 0 && (told.length < 32 || uint256(bytes32(told)) != 1)) revert TokenRefused(token);
    }
}
