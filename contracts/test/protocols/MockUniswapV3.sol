// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUniswapV3Router as Router} from "../../src/protocols/IUniswapV3.sol";
import {MockToken} from "./MockToken.sol";

/// @title A router with the calls of Uniswap's, which pays `rate` thousandths of what is given.
/// @notice It pays out of what it holds. Like the real one it takes whoever calls it at their word.
contract MockV3Router {
    uint256 public rate = 999;
    /// What a unit of a token is worth, in any measure that is the same for all.
    mapping(address token => uint256) public worth;

    function setRate(uint256 rate_) external {
        rate = rate_;
    }

    function setWorth(address token, uint256 worth_) external {
        worth[token] = worth_;
    }

    function exactInputSingle(Router.ExactInputSingle calldata o) external payable returns (uint256) {
        require(block.timestamp <= o.deadline, "expired");
        return _in(o.tokenIn, o.tokenOut, o.recipient, o.amountIn, o.amountOutMinimum);
    }

    function exactOutputSingle(Router.ExactOutputSingle calldata o) external payable returns (uint256) {
        require(block.timestamp <= o.deadline, "expired");
        return _out(o.tokenIn, o.tokenOut, o.recipient, o.amountOut, o.amountInMaximum);
    }

    function exactInput(Router.ExactInput calldata o) external payable returns (uint256) {
        require(block.timestamp <= o.deadline, "expired");
        return _in(_first(o.path), _last(o.path), o.recipient, o.amountIn, o.amountOutMinimum);
    }

    function exactOutput(Router.ExactOutput calldata o) external payable returns (uint256) {
        require(block.timestamp <= o.deadline, "expired");
        return _out(_last(o.path), _first(o.path), o.recipient, o.amountOut, o.amountInMaximum);
    }

    function multicall(bytes[] calldata data) external payable returns (bytes[] memory results) {
        results = new bytes[](data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            (bool done, bytes memory answer) = address(this).delegatecall(data[i]);
            require(done, "inner");
            results[i] = answer;
        }
    }

    function sweepToken(address token, uint256 least, address to) external payable {
        uint256 left = MockToken(token).balanceOf(address(this));
        require(left >= least, "too little");
        if (left > 0) MockToken(token).transfer(to, left);
    }

    /// @notice The real router has no such call; others do: whoever calls it, anything is called.
    function forward(address to, bytes calldata data) external {
        (bool done,) = to.call(data);
        require(done, "forward");
    }

    function _in(address from, address to, address recipient, uint256 given, uint256 least)
        private
        returns (uint256 paid)
    {
        paid = given * rate * worth[from] / worth[to] / 1000;
        require(paid >= least, "too little");
        MockToken(from).transferFrom(msg.sender, address(this), given);
        MockToken(to).transfer(recipient, paid);
    }

    function _out(address from, address to, address recipient, uint256 wanted, uint256 most)
        private
        returns (uint256 given)
    {
        given = wanted * 1000 * worth[to] / worth[from] / rate + 1;
        require(given <= most, "too much");
        MockToken(from).transferFrom(msg.sender, address(this), given);
        MockToken(to).transfer(recipient, wanted);
    }

    function _first(bytes calldata path) private pure returns (address) {
        return address(bytes20(path[:20]));
    }

    function _last(bytes calldata path) private pure returns (address) {
        return address(bytes20(path[path.length - 20:]));
    }
}

/// @title A pool that remembers what a test told it.
contract MockV3Pool {
    address public immutable token0;
    address public immutable token1;
    int24 public tick;
    uint128 public liquidity = 1e18;
    int56 private _skew;
    bool private _still;

    constructor(address a, address b) {
        (token0, token1) = (a, b);
    }

    function set(int24 tick_, uint128 liquidity_) external {
        (tick, liquidity) = (tick_, liquidity_);
    }

    /// @notice Adds so much to the sum of the ticks of any time.
    function skew(int56 sum) external {
        _skew = sum;
    }

    /// @notice Lets no time go by in its sums any more.
    function stand() external {
        _still = true;
    }

    function observe(uint32[] calldata ago) external view returns (int56[] memory ticks, uint160[] memory thin) {
        ticks = new int56[](ago.length);
        thin = new uint160[](ago.length);
        for (uint256 i = 0; i < ago.length; ++i) {
            uint256 time = _still ? 0 : 1_000_000 - ago[i];
            ticks[i] = int56(tick) * int56(uint56(time));
            if (ago[i] == 0) ticks[i] += _skew;
            thin[i] = uint160((time << 128) / liquidity);
        }
    }
}
