// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A Chainlink-style price or uptime feed.
interface IAggregator {
    function decimals() external view returns (uint8);

    function latestRoundData()
        external
        view
        returns (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn);
}
