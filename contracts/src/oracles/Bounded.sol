// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPriceFeed} from "../interfaces/IPriceFeed.sol";

/// @notice A price beyond what the listing allows.
error OutOfBounds(uint256 price, uint256 least, uint256 most);
/// @notice Bounds that hold nothing, or everything.
error WrongBounds(uint256 least, uint256 most);

/// @title A price between two bounds, which are set when the feed is listed.
abstract contract Bounded is IPriceFeed {
    /// USD with 18 decimals.
    uint256 public immutable least;
    uint256 public immutable most;

    constructor(uint256 least_, uint256 most_) {
        if (least_ == 0 || least_ > most_) revert WrongBounds(least_, most_);
        least = least_;
        most = most_;
    }

    /// @inheritdoc IPriceFeed
    function price() external view returns (uint256 read) {
        read = _read();
        if (read < least || read > most) revert OutOfBounds(read, least, most);
    }

    function _read() internal view virtual returns (uint256);
}
