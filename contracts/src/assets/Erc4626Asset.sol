// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard, Step} from "../interfaces/IAssetGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IERC20} from "../protocols/IERC20.sol";
import {IERC4626} from "../protocols/IERC4626.sol";
import {Asset, Unpriced} from "./Asset.sol";

/// @notice A share is worth less of its underlying than the listing allows.
error RateTooLow(uint256 rate, uint256 floor);
/// @notice A rate to grow from that is nothing, below the floor, or of tomorrow.
error BadAnchor(uint256 anchor, uint256 since);

/// @title A share of one tokenised vault (ERC-4626), at what it converts to, within bounds.
/// @notice Anyone can raise the rate of such a vault by giving it tokens, and so raise what holders seem to
/// own. So each listing says from what rate the share may grow, and how fast: beyond that the share
/// counts for no more. Below its floor nothing is said about its value at all: that is a loss which
/// people have to look at. One such guard serves one asset.
contract Erc4626Asset is Asset {
    /// @dev Parts of a growth: ten-thousandths.
    uint256 private constant WHOLE = 10_000;

    /// What it judges; it answers for no other.
    address public immutable share;
    /// How much of the underlying one whole share was worth when people looked at it. It is told and not
    /// read here: or whoever made the share dear for that moment would have set it.
    uint256 public immutable anchor;
    /// When that was, in seconds since 1970.
    uint256 public immutable since;
    /// How much it may grow in 365 days, in ten-thousandths of the anchor.
    uint256 public immutable growth;
    /// The least it may be worth.
    uint256 public immutable floor;

    constructor(
        IGuardRegistry registry,
        address share_,
        uint256 anchor_,
        uint256 since_,
        uint256 growth_,
        uint256 floor_
    ) Asset(registry) {
        if (anchor_ == 0 || anchor_ < floor_ || since_ > block.timestamp) revert BadAnchor(anchor_, since_);
        share = share_;
        anchor = anchor_;
        since = since_;
        growth = growth_;
        floor = floor_;
    }

    /// @inheritdoc IAssetGuard
    function balance(address vault, address asset) public view returns (uint256) {
        return IERC20(asset).balanceOf(vault);
    }

    /// @inheritdoc IAssetGuard
    function value(address vault, address asset) external view returns (uint256) {
        if (asset != share) revert Unpriced(asset);
        uint256 shares = balance(vault, asset);
        if (shares == 0) return 0;
        return _worth(IERC4626(asset).asset(), shares * rate() / 10 ** IERC20(asset).decimals());
    }

    /// @notice What one whole share counts for, in units of the underlying.
    function rate() public view returns (uint256 counted) {
        counted = IERC4626(share).convertToAssets(10 ** IERC20(share).decimals());
        if (counted < floor) revert RateTooLow(counted, floor);
        uint256 most = anchor + anchor * growth * (block.timestamp - since) / (WHOLE * 365 days);
        if (counted > most) counted = most;
    }

    /// @inheritdoc IAssetGuard
    function removable(address vault, address asset) external view returns (bool) {
        return balance(vault, asset) == 0;
    }

    /// @notice The underlying, straight to who withdraws; the shares themselves while the tokenised vault
    /// cannot pay out, since those can be redeemed by whoever has them.
    /// @inheritdoc IAssetGuard
    function unwind(address vault, address asset, uint256 part, uint256 whole, address receiver)
        external
        view
        returns (address paid, uint256 amount, Step[] memory steps)
    {
        amount = _part(balance(vault, asset), part, whole);
        if (amount > IERC4626(asset).maxRedeem(vault)) return (asset, amount, steps);
        if (amount == 0) return (address(0), 0, steps);
        steps = new Step[](1);
        steps[0] = Step(asset, abi.encodeCall(IERC4626.redeem, (amount, receiver, vault)));
        return (address(0), 0, steps);
    }
}
