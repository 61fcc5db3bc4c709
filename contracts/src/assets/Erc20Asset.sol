// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard, Step} from "../interfaces/IAssetGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IERC20} from "../protocols/IERC20.sol";
import {Asset} from "./Asset.sol";

/// @title A plain token: what the vault has of it, at the feed's price.
contract Erc20Asset is Asset {
    constructor(IGuardRegistry registry) Asset(registry) {}

    /// @inheritdoc IAssetGuard
    function balance(address vault, address asset) public view returns (uint256) {
        return IERC20(asset).balanceOf(vault);
    }

    /// @inheritdoc IAssetGuard
    function value(address vault, address asset) external view returns (uint256) {
        return _worth(asset, balance(vault, asset));
    }

    /// @inheritdoc IAssetGuard
    function removable(address vault, address asset) external view returns (bool) {
        return balance(vault, asset) == 0;
    }

    /// @inheritdoc IAssetGuard
    function unwind(address vault, address asset, uint256 part, uint256 whole, address)
        external
        view
        returns (address paid, uint256 amount, Step[] memory steps)
    {
        return (asset, _part(balance(vault, asset), part, whole), new Step[](0));
    }
}
