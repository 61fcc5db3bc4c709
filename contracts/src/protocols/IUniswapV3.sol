// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The calls of the Uniswap V3 router that guards know (`SwapRouter`, whose swaps have deadlines).
interface IUniswapV3Router {
    struct ExactInputSingle {
        address tokenIn;
        address tokenOut;
        uint24 fee;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
        uint160 sqrtPriceLimitX96;
    }

    struct ExactOutputSingle {
        address tokenIn;
        address tokenOut;
        uint24 fee;
        address recipient;
        uint256 deadline;
        uint256 amountOut;
        uint256 amountInMaximum;
        uint160 sqrtPriceLimitX96;
    }

    struct ExactInput {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
    }

    struct ExactOutput {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountOut;
        uint256 amountInMaximum;
    }

    function exactInputSingle(ExactInputSingle calldata params) external payable returns (uint256 amountOut);
    function exactInput(ExactInput calldata params) external payable returns (uint256 amountOut);
    function exactOutputSingle(ExactOutputSingle calldata params) external payable returns (uint256 amountIn);
    function exactOutput(ExactOutput calldata params) external payable returns (uint256 amountIn);
    function multicall(bytes[] calldata data) external payable returns (bytes[] memory results);
    function sweepToken(address token, uint256 amountMinimum, address recipient) external payable;
}

/// @title What a price feed asks a pool.
interface IUniswapV3Pool {
    function token0() external view returns (address);
    function token1() external view returns (address);

    /// @return ticks The sum of ticks over time, at each moment.
    /// @return secondsPerLiquidity The sum of seconds over liquidity, in 128.128 bits, at each moment.
    function observe(uint32[] calldata secondsAgo)
        external
        view
        returns (int56[] memory ticks, uint160[] memory secondsPerLiquidity);
}
