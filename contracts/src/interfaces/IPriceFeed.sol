// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A price in USD.
interface IPriceFeed {
    /// @notice The price of one whole unit, in USD with 18 decimals. Reverts when it is stale, not
    /// positive, out of bounds, or the chain's sequencer is down or has just come back.
    function price() external view returns (uint256);
}
