// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPriceFeed} from "../src/interfaces/IPriceFeed.sol";

/// @title A price that never moves.
contract FixedFeed is IPriceFeed {
    uint256 public immutable price;

    constructor(uint256 price_) {
        price = price_;
    }
}

/// @title A price that anybody may move, or stop.
contract MovingFeed is IPriceFeed {
    uint256 private _price;

    error Stale();

    constructor(uint256 price_) {
        _price = price_;
    }

    function set(uint256 price_) external {
        _price = price_;
    }

    function price() external view returns (uint256) {
        if (_price == 0) revert Stale();
        return _price;
    }
}
