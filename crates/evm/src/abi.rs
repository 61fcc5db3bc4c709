//! The functions that the gate understands, by their canonical names.
//!
//! Sources: ERC-20 and ERC-4626 (EIPs of those numbers); Uniswap V2 `IUniswapV2Router02`, V3
//! `ISwapRouter` and `IMulticall`; Aave V3 `IPool`; `contracts/src/interfaces/IVault.sol`.

use alloy_sol_types::sol;

sol! {
    interface Token {
        function approve(address spender, uint256 amount) external returns (bool);
        function transfer(address to, uint256 amount) external returns (bool);
        function transferFrom(address from, address to, uint256 amount) external returns (bool);
        function increaseAllowance(address spender, uint256 addedValue) external returns (bool);
        function decreaseAllowance(address spender, uint256 subtractedValue) external returns (bool);
        function decimals() external view returns (uint8);
        function symbol() external view returns (string);
        function balanceOf(address owner) external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        event Transfer(address indexed from, address indexed to, uint256 amount);
        event Approval(address indexed owner, address indexed spender, uint256 amount);
    }

    interface V2Router {
        function swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) external;
        function swapTokensForExactTokens(uint256 amountOut, uint256 amountInMax, address[] path, address to, uint256 deadline) external;
        function addLiquidity(address tokenA, address tokenB, uint256 amountADesired, uint256 amountBDesired, uint256 amountAMin, uint256 amountBMin, address to, uint256 deadline) external;
        function removeLiquidity(address tokenA, address tokenB, uint256 liquidity, uint256 amountAMin, uint256 amountBMin, address to, uint256 deadline) external;
    }

    struct OneIn {
        address tokenIn;
        address tokenOut;
        uint24 fee;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
        uint160 sqrtPriceLimitX96;
    }

    struct OneOut {
        address tokenIn;
        address tokenOut;
        uint24 fee;
        address recipient;
        uint256 deadline;
        uint256 amountOut;
        uint256 amountInMaximum;
        uint160 sqrtPriceLimitX96;
    }

    struct ManyIn {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
    }

    struct ManyOut {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountOut;
        uint256 amountInMaximum;
    }

    interface V3Router {
        function exactInputSingle(OneIn params) external;
        function exactOutputSingle(OneOut params) external;
        function exactInput(ManyIn params) external;
        function exactOutput(ManyOut params) external;
        function multicall(bytes[] data) external;
        function sweepToken(address token, uint256 amountMinimum, address recipient) external;
    }

    interface Erc4626 {
        function deposit(uint256 assets, address receiver) external;
        function mint(uint256 shares, address receiver) external;
        function withdraw(uint256 assets, address receiver, address owner) external;
        function redeem(uint256 shares, address receiver, address owner) external;
        function asset() external view returns (address);
        function convertToAssets(uint256 shares) external view returns (uint256);
    }

    interface V2Factory {
        function factory() external view returns (address);
        function getPair(address tokenA, address tokenB) external view returns (address);
    }

    interface AavePool {
        function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;
        function withdraw(address asset, uint256 amount, address to) external;
        function borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf) external;
        function repay(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf) external;
        function setUserUseReserveAsCollateral(address asset, bool useAsCollateral) external;
    }

    struct Conditions {
        uint8 checks;
        uint24 lossPerCall;
        uint24 lossPerDay;
    }

    interface Vault {
        function conditions() external view returns (Conditions);
        function executeTransaction(address to, bytes data) external;
        function execTransaction(address to, bytes data) external;
        function execTransactions(address[] to, bytes[] data) external;
        function manager() external view returns (address);
        function trader() external view returns (address);
        function registry() external view returns (address);
        function pauses() external view returns (uint8);
        function isEnabled(address asset) external view returns (bool);
        function assets() external view returns (address[]);
        function totalValue() external view returns (uint256);
    }

    interface AssetGuard {
        function balance(address vault, address asset) external view returns (uint256);
        function value(address vault, address asset) external view returns (uint256);
    }

    interface Feed {
        function price() external view returns (uint256);
    }

    interface Registry {
        function guardOf(address destination) external view returns (address guard, bool hooked, uint64 epoch);
        function assetOf(address asset) external view returns (address guard, address feed, uint16 assetType);
        function isSpender(address spender) external view returns (bool);
        function isStanding(address spender) external view returns (bool);
        function paused() external view returns (bool);
        function epoch() external view returns (uint64);
    }
}

sol! {
    error Refused(bytes32 rule, uint16 argument, bytes32 seen);
}
