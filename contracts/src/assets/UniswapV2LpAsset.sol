// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard, Step} from "../interfaces/IAssetGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IERC20} from "../protocols/IERC20.sol";
import {IUniswapV2Pair} from "../protocols/IUniswapV2.sol";
import {Asset} from "./Asset.sol";
import {Root} from "./Root.sol";

/// @title Liquidity in a Uniswap V2 pair, at fair reserves.
/// @notice What a pair holds at this moment can be shifted by one swap; the product of its reserves cannot. So
/// a share is worth what it would be if the pair stood at the feeds' prices:
/// two times the root of (reserve0 · reserve1 · price0 · price1), over the supply.
contract UniswapV2LpAsset is Asset {
    constructor(IGuardRegistry registry) Asset(registry) {}

    /// @inheritdoc IAssetGuard
    function balance(address vault, address asset) public view returns (uint256) {
        return IUniswapV2Pair(asset).balanceOf(vault);
    }

    /// @inheritdoc IAssetGuard
    function value(address vault, address asset) external view returns (uint256) {
        uint256 shares = balance(vault, asset);
        if (shares == 0) return 0;
        return shares * _fair(IUniswapV2Pair(asset)) / IUniswapV2Pair(asset).totalSupply();
    }

    /// @inheritdoc IAssetGuard
    function removable(address vault, address asset) external view returns (bool) {
        return balance(vault, asset) == 0;
    }

    /// @notice Both tokens, straight from the pair to who withdraws: the router is not needed for that.
    /// @inheritdoc IAssetGuard
    function unwind(address vault, address asset, uint256 part, uint256 whole, address receiver)
        external
        view
        returns (address, uint256, Step[] memory steps)
    {
        uint256 shares = _part(balance(vault, asset), part, whole);
        if (shares == 0) return (address(0), 0, steps);
        steps = new Step[](2);
        steps[0] = Step(asset, abi.encodeCall(IUniswapV2Pair.transfer, (asset, shares)));
        steps[1] = Step(asset, abi.encodeCall(IUniswapV2Pair.burn, (receiver)));
        return (address(0), 0, steps);
    }

    /// @dev What the whole pair is worth, in USD with 18 decimals.
    function _fair(IUniswapV2Pair pair) private view returns (uint256) {
        (uint112 reserve0, uint112 reserve1,) = pair.getReserves();
        address token0 = pair.token0();
        address token1 = pair.token1();
        // The root of the product of reserves, of prices and of units, each by itself to stay within bounds.
        uint256 reserves = Root.floor(uint256(reserve0) * reserve1);
        uint256 prices = Root.floor(_price(token0) * _price(token1));
        uint256 units = Root.floor(10 ** (uint256(IERC20(token0).decimals()) + IERC20(token1).decimals()));
        return 2 * reserves * prices / units;
    }
}
