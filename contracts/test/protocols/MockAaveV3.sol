// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAaveV3Pool} from "../../src/protocols/IAaveV3.sol";
import {MockToken} from "./MockToken.sol";

/// @title What one has supplied or owes in one reserve.
contract MockReceipt is MockToken {
    address private immutable _pool;

    constructor(uint8 decimals_) MockToken(decimals_) {
        _pool = msg.sender;
    }

    function mint(address to, uint256 amount) public override {
        require(msg.sender == _pool, "pool only");
        super.mint(to, amount);
    }

    function burn(address from, uint256 amount) external {
        require(msg.sender == _pool, "pool only");
        _burn(from, amount);
    }
}

/// @title A lending pool without interest. Loans stay below four fifths of the collateral.
contract MockAavePool {
    struct Reserve {
        MockReceipt supplied;
        MockReceipt owed;
        uint256 price;
        bool paused;
    }

    mapping(address => Reserve) private _reserves;
    address[] private _list;

    /// @param price For one whole unit, with 8 decimals.
    function open(address asset, uint256 price) external {
        uint8 decimals = MockToken(asset).decimals();
        _reserves[asset] = Reserve(new MockReceipt(decimals), new MockReceipt(decimals), price, false);
        _list.push(asset);
    }

    function set(address asset, uint256 price, bool paused) external {
        _reserves[asset].price = price;
        _reserves[asset].paused = paused;
    }

    function supply(address asset, uint256 amount, address onBehalfOf, uint16) external {
        _live(asset);
        MockToken(asset).transferFrom(msg.sender, address(this), amount);
        _reserves[asset].supplied.mint(onBehalfOf, amount);
    }

    function withdraw(address asset, uint256 amount, address to) external returns (uint256) {
        _live(asset);
        if (amount == type(uint256).max) amount = _reserves[asset].supplied.balanceOf(msg.sender);
        _reserves[asset].supplied.burn(msg.sender, amount);
        _healthy(msg.sender);
        MockToken(asset).transfer(to, amount);
        return amount;
    }

    function borrow(address asset, uint256 amount, uint256 mode, uint16, address onBehalfOf) external {
        _live(asset);
        require(mode == 2 && onBehalfOf == msg.sender, "borrow");
        _reserves[asset].owed.mint(onBehalfOf, amount);
        _healthy(onBehalfOf);
        MockToken(asset).transfer(msg.sender, amount);
    }

    function repay(address asset, uint256 amount, uint256 mode, address onBehalfOf) external returns (uint256) {
        _live(asset);
        require(mode == 2, "mode");
        uint256 owed = _reserves[asset].owed.balanceOf(onBehalfOf);
        if (amount > owed) amount = owed;
        _reserves[asset].owed.burn(onBehalfOf, amount);
        MockToken(asset).transferFrom(msg.sender, address(this), amount);
        return amount;
    }

    function setUserUseReserveAsCollateral(address asset, bool) external view {
        _live(asset);
    }

    function getReservesList() external view returns (address[] memory) {
        return _list;
    }

    function getReserveData(address asset) external view returns (IAaveV3Pool.Reserve memory data) {
        data.aToken = address(_reserves[asset].supplied);
        data.variableDebtToken = address(_reserves[asset].owed);
    }

    function getUserAccountData(address user)
        public
        view
        returns (uint256 collateral, uint256 debt, uint256 free, uint256 threshold, uint256 ltv, uint256 health)
    {
        for (uint256 i = 0; i < _list.length; ++i) {
            Reserve storage reserve = _reserves[_list[i]];
            uint256 unit = 10 ** MockToken(_list[i]).decimals();
            collateral += reserve.supplied.balanceOf(user) * reserve.price / unit;
            debt += reserve.owed.balanceOf(user) * reserve.price / unit;
        }
        (threshold, ltv) = (8000, 7500);
        free = collateral * ltv / 10_000 > debt ? collateral * ltv / 10_000 - debt : 0;
        health = debt == 0 ? type(uint256).max : collateral * threshold * 1e14 / debt;
    }

    function _healthy(address user) private view {
        (,,,,, uint256 health) = getUserAccountData(user);
        require(health >= 1e18, "health");
    }

    function _live(address asset) private view {
        require(!_reserves[asset].paused, "paused");
    }
}
