// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title A tokenised vault whose rate anybody can raise by giving it tokens.
contract MockErc4626 is MockToken {
    MockToken private immutable _asset;
    bool public closed;

    constructor(MockToken asset_) MockToken(asset_.decimals()) {
        _asset = asset_;
    }

    function asset() external view returns (address) {
        return address(_asset);
    }

    function close(bool closed_) external {
        closed = closed_;
    }

    function convertToAssets(uint256 shares) public view returns (uint256) {
        return totalSupply == 0 ? shares : shares * _asset.balanceOf(address(this)) / totalSupply;
    }

    function convertToShares(uint256 assets) public view returns (uint256) {
        return totalSupply == 0 ? assets : assets * totalSupply / _asset.balanceOf(address(this));
    }

    function maxRedeem(address owner) external view returns (uint256) {
        return closed ? 0 : balanceOf(owner);
    }

    function deposit(uint256 assets, address receiver) external returns (uint256 shares) {
        shares = convertToShares(assets);
        _enter(assets, shares, receiver);
    }

    function mint(uint256 shares, address receiver) external returns (uint256 assets) {
        assets = convertToAssets(shares);
        _enter(assets, shares, receiver);
    }

    function withdraw(uint256 assets, address receiver, address owner) external returns (uint256 shares) {
        shares = convertToShares(assets);
        _leave(assets, shares, receiver, owner);
    }

    function redeem(uint256 shares, address receiver, address owner) external returns (uint256 assets) {
        assets = convertToAssets(shares);
        _leave(assets, shares, receiver, owner);
    }

    function _enter(uint256 assets, uint256 shares, address receiver) private {
        _asset.transferFrom(msg.sender, address(this), assets);
        super.mint(receiver, shares);
    }

    function _leave(uint256 assets, uint256 shares, address receiver, address owner) private {
        require(!closed, "closed");
        if (owner != msg.sender) allowance[owner][msg.sender] -= shares;
        _burn(owner, shares);
        _asset.transfer(receiver, assets);
    }
}
