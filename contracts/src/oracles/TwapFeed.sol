// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPriceFeed} from "../interfaces/IPriceFeed.sol";
import {IERC20} from "../protocols/IERC20.sol";
import {IUniswapV3Pool} from "../protocols/IUniswapV3.sol";
import {Bounded} from "./Bounded.sol";
import {Ticks} from "./Ticks.sol";

/// @notice The pool does not have the token.
error NotInPool(address token);
/// @notice The pool was too thin during the window for its price to mean anything.
error TooThin(uint256 liquidity, uint256 least);
/// @notice A window too short to mean anything.
error WindowTooShort(uint32 window);

/// @title The mean price of a token in a Uniswap V3 pool over a window, times the price of the other token.
/// @notice One block cannot move it far; who holds the price for the whole window can. So it is for pools
/// that are deep, and asks for a mean liquidity.
contract TwapFeed is Bounded {
    uint32 private constant SHORTEST = 10 minutes;

    IUniswapV3Pool public immutable pool;
    address public immutable token;
    /// The feed of the pool's other token.
    IPriceFeed public immutable other;
    /// Seconds.
    uint32 public immutable window;
    /// The harmonic mean of the liquidity has to be at least this.
    uint256 public immutable depth;
    bool private immutable _first;
    uint256 private immutable _unit;
    uint256 private immutable _otherUnit;

    constructor(
        IUniswapV3Pool pool_,
        address token_,
        IPriceFeed other_,
        uint32 window_,
        uint256 depth_,
        uint256 least_,
        uint256 most_
    ) Bounded(least_, most_) {
        if (window_ < SHORTEST) revert WindowTooShort(window_);
        address token0 = pool_.token0();
        address token1 = pool_.token1();
        if (token_ != token0 && token_ != token1) revert NotInPool(token_);
        pool = pool_;
        token = token_;
        other = other_;
        window = window_;
        depth = depth_;
        _first = token_ == token0;
        _unit = 10 ** IERC20(token_).decimals();
        _otherUnit = 10 ** IERC20(_first ? token1 : token0).decimals();
    }

    function _read() internal view override returns (uint256) {
        uint32[] memory moments = new uint32[](2);
        moments[0] = window;
        (int56[] memory ticks, uint160[] memory thinness) = pool.observe(moments);
        _deep(thinness[1] - thinness[0]);
        int256 tick = _mean(int256(ticks[1]) - ticks[0]);
        // Units of the other token for one whole token, with 64 binary places.
        uint256 rate = (Ticks.ratio(_first ? tick : -tick) * _unit) >> 64;
        return (rate / _otherUnit * other.price()) >> 64;
    }

    /// @dev Rounded towards minus infinity, as the pool's ticks are.
    function _mean(int256 sum) private view returns (int256 tick) {
        int256 span = int256(uint256(window));
        tick = sum / span;
        if (sum < 0 && sum % span != 0) --tick;
    }

    function _deep(uint256 thinness) private view {
        uint256 liquidity = thinness == 0 ? 0 : (uint256(window) << 128) / thinness;
        if (liquidity < depth) revert TooThin(liquidity, depth);
    }
}
