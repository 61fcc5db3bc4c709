// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregator} from "../protocols/IAggregator.sol";
import {Bounded} from "./Bounded.sol";

/// @notice The answer is too old, or of a time that has not come.
error Stale(uint256 updatedAt, uint256 maxAge);
/// @notice The answer is zero or negative.
error NotPositive(int256 answer);
/// @notice The feed now counts in other units than when it was listed.
error OtherDecimals(uint8 listed, uint8 seen);
/// @notice The chain's sequencer is down, or came back at that time.
error SequencerDown(uint256 startedAt);

/// @title The price of a Chainlink-style aggregator.
/// @notice Each feed has an age of its own beyond which it is refused, since some are updated each minute and
/// others each day. On a chain with a sequencer, prices are refused while that is down and until a grace
/// period has passed, in which the world catches up.
contract ChainlinkFeed is Bounded {
    uint8 private constant DECIMALS = 18;

    IAggregator public immutable source;
    uint8 public immutable decimals;
    /// Seconds.
    uint256 public immutable maxAge;
    /// Zero on a chain that has none.
    IAggregator public immutable sequencer;
    /// Seconds.
    uint256 public immutable grace;

    constructor(
        IAggregator source_,
        uint256 maxAge_,
        uint256 least_,
        uint256 most_,
        IAggregator sequencer_,
        uint256 grace_
    ) Bounded(least_, most_) {
        source = source_;
        decimals = source_.decimals();
        maxAge = maxAge_;
        sequencer = sequencer_;
        grace = grace_;
    }

    function _read() internal view override returns (uint256) {
        _up();
        (, int256 answer,, uint256 updatedAt,) = source.latestRoundData();
        if (updatedAt > block.timestamp || block.timestamp - updatedAt > maxAge) revert Stale(updatedAt, maxAge);
        if (answer <= 0) revert NotPositive(answer);
        uint8 seen = source.decimals();
        if (seen != decimals) revert OtherDecimals(decimals, seen);
        uint256 positive = uint256(answer);
        return seen > DECIMALS ? positive / 10 ** (seen - DECIMALS) : positive * 10 ** (DECIMALS - seen);
    }

    /// @dev The uptime feed answers zero when all is well, and says since when.
    function _up() private view {
        if (address(sequencer) == address(0)) return;
        (, int256 answer, uint256 startedAt,,) = sequencer.latestRoundData();
        if (answer != 0 || startedAt == 0 || startedAt > block.timestamp) revert SequencerDown(startedAt);
        if (block.timestamp - startedAt <= grace) revert SequencerDown(startedAt);
    }
}
