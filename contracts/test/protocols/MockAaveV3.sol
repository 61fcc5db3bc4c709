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

/// @title A lending pool without interest, with the real one's rules for what may be taken out.
contract MockAavePool {
    struct Reserve {
        MockReceipt supplied;
        MockReceipt owed;
        uint256 price;
        bool paused;
        /// Both in ten-thousandths.
        uint16 loanToValue;
        uint16 threshold;
    }

    mapping(address => Reserve) private _reserves;
    address[] private _list;
    mapping(address user => mapping(address asset => bool)) private _collateral;

    /// What is charged for a loan within one call, in ten-thousandths.
    uint128 public FLASHLOAN_PREMIUM_TOTAL;
    /// How many such loans were given.
    uint256 public loans;

    /// @param price For one whole unit, with 8 decimals.
    function open(address asset, uint256 price) external {
        uint8 decimals = MockToken(asset).decimals();
        _reserves[asset] = Reserve(new MockReceipt(decimals), new MockReceipt(decimals), price, false, 7500, 8000);
        _list.push(asset);
    }

    function set(address asset, uint256 price, bool paused) external {
        _reserves[asset].price = price;
        _reserves[asset].paused = paused;
    }

    /// @notice What may be borrowed against a reserve, and up to where what was borrowed is secured by it.
    function secure(address asset, uint16 loanToValue, uint16 threshold) external {
        (_reserves[asset].loanToValue, _reserves[asset].threshold) = (loanToValue, threshold);
    }

    function charge(uint128 premium) external {
        FLASHLOAN_PREMIUM_TOTAL = premium;
    }

    function supply(address asset, uint256 amount, address onBehalfOf, uint16) external {
        _live(asset);
        Reserve storage reserve = _reserves[asset];
        MockToken(asset).transferFrom(msg.sender, address(this), amount);
        // The first of it is collateral by itself, unless nothing may be borrowed against it.
        if (reserve.supplied.balanceOf(onBehalfOf) == 0 && reserve.loanToValue != 0) {
            _collateral[onBehalfOf][asset] = true;
        }
        reserve.supplied.mint(onBehalfOf, amount);
    }

    function withdraw(address asset, uint256 amount, address to) external returns (uint256) {
        _live(asset);
        Reserve storage reserve = _reserves[asset];
        if (amount == type(uint256).max) amount = reserve.supplied.balanceOf(msg.sender);
        reserve.supplied.burn(msg.sender, amount);
        if (_collateral[msg.sender][asset]) {
            if (reserve.supplied.balanceOf(msg.sender) == 0) _collateral[msg.sender][asset] = false;
            (, uint256 debt,,,,) = getUserAccountData(msg.sender);
            if (debt != 0) _mayGo(asset, msg.sender);
        }
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

    function setUserUseReserveAsCollateral(address asset, bool use) external {
        _live(asset);
        if (use) require(_reserves[asset].loanToValue != 0, "loan to value");
        _collateral[msg.sender][asset] = use;
        if (!use) _mayGo(asset, msg.sender);
    }

    /// @notice Lends for the length of one call.
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata params, uint16) external {
        _live(asset);
        ++loans;
        uint256 premium = amount * FLASHLOAN_PREMIUM_TOTAL / 10_000;
        MockToken(asset).transfer(receiver, amount);
        (bool done,) = receiver.call(
            abi.encodeWithSignature(
                "executeOperation(address,uint256,uint256,address,bytes)", asset, amount, premium, msg.sender, params
            )
        );
        require(done, "receiver");
        MockToken(asset).transferFrom(receiver, address(this), amount + premium);
    }

    function getReservesList() external view returns (address[] memory) {
        return _list;
    }

    function getReserveData(address asset) external view returns (IAaveV3Pool.Reserve memory data) {
        Reserve storage reserve = _reserves[asset];
        data.configuration = uint256(reserve.threshold) << 16 | reserve.loanToValue;
        while (_list[data.id] != asset) ++data.id;
        data.aToken = address(reserve.supplied);
        data.variableDebtToken = address(reserve.owed);
    }

    function getUserConfiguration(address user) external view returns (uint256 used) {
        for (uint256 i = 0; i < _list.length; ++i) {
            if (_reserves[_list[i]].owed.balanceOf(user) != 0) used |= 1 << (2 * i);
            if (_collateral[user][_list[i]]) used |= 2 << (2 * i);
        }
    }

    function getUserAccountData(address user)
        public
        view
        returns (uint256 collateral, uint256 debt, uint256 free, uint256 threshold, uint256 ltv, uint256 health)
    {
        for (uint256 i = 0; i < _list.length; ++i) {
            Reserve storage reserve = _reserves[_list[i]];
            uint256 unit = 10 ** MockToken(_list[i]).decimals();
            debt += reserve.owed.balanceOf(user) * reserve.price / unit;
            if (!_collateral[user][_list[i]]) continue;
            uint256 worth = reserve.supplied.balanceOf(user) * reserve.price / unit;
            collateral += worth;
            threshold += worth * reserve.threshold;
            ltv += worth * reserve.loanToValue;
        }
        health = debt == 0 ? type(uint256).max : threshold * 1e14 / debt;
        free = ltv / 10_000 > debt ? ltv / 10_000 - debt : 0;
        if (collateral != 0) (threshold, ltv) = (threshold / collateral, ltv / collateral);
    }

    /// @dev What is left secures the debt; and as long as there is collateral against which nothing may be
    /// borrowed, no other goes.
    function _mayGo(address asset, address user) private view {
        _healthy(user);
        if (_reserves[asset].loanToValue == 0) return;
        for (uint256 i = 0; i < _list.length; ++i) {
            require(!_collateral[user][_list[i]] || _reserves[_list[i]].loanToValue != 0, "loan to value");
        }
    }

    function _healthy(address user) private view {
        (,,,,, uint256 health) = getUserAccountData(user);
        require(health >= 1e18, "health");
    }

    function _live(address asset) private view {
        require(!_reserves[asset].paused, "paused");
    }
}

/// @title Takes a loan of a pool within one call, and pays it back with what is charged.
contract Borrower {
    function executeOperation(address asset, uint256 amount, uint256 premium, address, bytes calldata)
        external
        returns (bool)
    {
        return MockToken(asset).approve(msg.sender, amount + premium);
    }
}
