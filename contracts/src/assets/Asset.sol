// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard} from "../interfaces/IAssetGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IPriceFeed} from "../interfaces/IPriceFeed.sol";
import {IERC20} from "../protocols/IERC20.sol";

/// @notice Nobody says what this asset is worth: it never was listed, or its code or its feed's has changed.
error Unpriced(address asset);
/// @notice A part of a position that is none: nothing of nothing, or more than all.
error WrongPart(uint256 part, uint256 whole);

/// @title What asset guards share: prices and parts.
/// @notice No asset guard has storage or an owner. Each looks at one asset alone, so that one that fails
/// says nothing about another; a vault calls each by itself.
abstract contract Asset is IAssetGuard {
    IGuardRegistry internal immutable _registry;

    constructor(IGuardRegistry registry) {
        _registry = registry;
    }

    /// @dev USD with 18 decimals for one whole unit. Reverts when the feed does. An asset that is no longer
    /// listed keeps its feed, so that what is left of it can be weighed on its way out.
    function _price(address asset) internal view returns (uint256) {
        address feed = _registry.feedOf(asset);
        if (feed == address(0)) revert Unpriced(asset);
        return IPriceFeed(feed).price();
    }

    /// @dev What an amount of a token is worth in USD with 18 decimals, rounded down.
    function _worth(address token, uint256 amount) internal view returns (uint256) {
        if (amount == 0) return 0;
        return amount * _price(token) / 10 ** IERC20(token).decimals();
    }

    /// @dev Rounded down: who withdraws never gets more than their part.
    function _part(uint256 amount, uint256 part, uint256 whole) internal pure returns (uint256) {
        if (whole == 0 || part > whole) revert WrongPart(part, whole);
        return amount * part / whole;
    }
}
