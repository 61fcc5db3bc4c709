// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPriceFeed} from "../../src/interfaces/IPriceFeed.sol";

/// @title A price or uptime feed that answers what a test told it.
contract MockAggregator {
    uint8 public decimals;
    int256 private _answer;
    uint256 private _startedAt;
    uint256 private _updatedAt;

    constructor(uint8 decimals_, int256 answer, uint256 startedAt, uint256 updatedAt) {
        set(decimals_, answer, startedAt, updatedAt);
    }

    function set(uint8 decimals_, int256 answer, uint256 startedAt, uint256 updatedAt) public {
        (decimals, _answer, _startedAt, _updatedAt) = (decimals_, answer, startedAt, updatedAt);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, _answer, _startedAt, _updatedAt, 1);
    }
}

/// @title A price as it is, or none.
contract MockFeed is IPriceFeed {
    uint256 private _price;

    constructor(uint256 price_) {
        _price = price_;
    }

    function set(uint256 price_) external {
        _price = price_;
    }

    function price() external view returns (uint256) {
        require(_price != 0, "no price");
        return _price;
    }
}
