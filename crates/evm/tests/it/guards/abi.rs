//! What tests say to contracts.

use alloy_primitives::{U160, aliases::U24};
use alloy_sol_types::sol;

sol! {
    #![sol(extra_derives(Debug))]

    // The vault's stand-in.
    function make(address to, bytes data) external;
    function guarded(address guard, address to, bytes data) external returns (uint16);

    // Guards of assets.
    struct Step { address to; bytes data; }
    function balance(address vault, address asset) external view returns (uint256);
    function value(address vault, address asset) external view returns (uint256);
    function removable(address vault, address asset) external view returns (bool);
    function unwind(address vault, address asset, uint256 part, uint256 whole, address receiver)
        external view returns (address paid, uint256 amount, Step[] steps);
    function rate() external view returns (uint256);
    error Unpriced(address asset);
    error WrongPart(uint256 part, uint256 whole);
    error RateTooLow(uint256 rate, uint256 floor);
    error BadAnchor(uint256 anchor, uint256 since);
    error DebtOpen(uint256 debt);

    // Feeds.
    function price() external view returns (uint256);
    error Stale(uint256 updatedAt, uint256 maxAge);
    error NotPositive(int256 answer);
    error OtherDecimals(uint8 listed, uint8 seen);
    error SequencerDown(uint256 startedAt);
    error OutOfBounds(uint256 price, uint256 least, uint256 most);
    error WrongBounds(uint256 least, uint256 most);
    error NotInPool(address token);
    error TooThin(uint256 liquidity, uint256 least);
    error WindowTooShort(uint32 window);
    error TickTooFar(int256 tick);

    // Tokens.
    function mint(address to, uint256 amount) external;
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function approve(address spender, uint256 amount) external returns (bool);
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);

    function skew(int56 sum) external;
    function stand() external;
    function rebase(uint256 percent) external;
    function indulge(bool greedy) external;
    function hail(address who) external;
    function watch(address other, uint256 least) external;
    function stop(bool stopped) external;
    function blacklist(address account, bool listed) external;
    function arm(address target, bytes call) external;

    // Stand-ins of protocols.
    function createPair(address a, address b) external returns (address);
    function getPair(address a, address b) external view returns (address);
    function sync() external;
    function provide(address to) external returns (uint256);
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 time);
    function swapExactTokensForTokens(uint256 given, uint256 least, address[] path, address to, uint256 until)
        external returns (uint256[]);
    function addLiquidity(address a, address b, uint256 wantedA, uint256 wantedB, uint256 leastA, uint256 leastB, address to, uint256 until) external returns (uint256, uint256, uint256);
    function deposit(uint256 assets, address receiver) external returns (uint256);
    function redeem(uint256 shares, address receiver, address owner) external returns (uint256);
    function close(bool closed) external;
    function setWorth(address token, uint256 worth) external;
    function setRate(uint256 rate) external;
    function forward(address to, bytes data) external;
    function tried() external view returns (bool);
    function done() external view returns (bool);
    function open(address asset, uint256 price) external;
    function supply(address asset, uint256 amount, address onBehalfOf, uint16 code) external;
    function borrow(address asset, uint256 amount, uint256 mode, uint16 code, address onBehalfOf) external;
    function repay(address asset, uint256 amount, uint256 mode, address onBehalfOf) external returns (uint256);
    function secure(address asset, uint16 loanToValue, uint16 threshold) external;
    function charge(uint128 premium) external;
    function loans() external view returns (uint256);
    function setUserUseReserveAsCollateral(address asset, bool used) external;
    function getUserConfiguration(address user) external view returns (uint256);
    function getUserAccountData(address user) external view returns (uint256 collateral, uint256 debt, uint256 free, uint256 threshold, uint256 ltv, uint256 health);

    // Calls of a Uniswap V3 router.
    struct Single { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }
    struct Several { bytes path; address recipient; uint256 deadline; uint256 exact; uint256 bound; }
    function exactInputSingle(Single params) external returns (uint256);
    function exactInput(Several params) external returns (uint256);
    function exactOutput(Several params) external returns (uint256);
    function multicall(bytes[] data) external returns (bytes[]);
    function sweepToken(address token, uint256 least, address to) external;

    // Calls that no guard lets pass.
    function increaseAllowance(address spender, uint256 more) external returns (bool);
    function setApprovalForAll(address spender, bool allowed) external;
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    function swapExactTokensForETH(uint256 given, uint256 least, address[] path, address to, uint256 until) external returns (uint256[]);
    function unwrapWETH9(uint256 least, address to) external;
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes params, uint16 code) external;
}

/// A fee in millionths.
pub(super) fn fee(millionths: u32) -> U24 {
    U24::from(millionths)
}

/// A limit of the price.
pub(super) fn limit(price: u64) -> U160 {
    U160::from(price)
}

/// A call whose name another contract has too.
pub(super) mod lend {
    use alloy_sol_types::sol;

    sol! {
        function withdraw(address asset, uint256 amount, address to) external returns (uint256);
    }
}

/// Calls whose names other stand-ins have too.
pub(super) mod set {
    use alloy_sol_types::sol;

    sol! {
        interface Feed { function set(uint256 price) external; }
        interface Aggregator { function set(uint8 decimals, int256 answer, uint256 startedAt, uint256 updatedAt) external; }
        interface Reserve { function set(address asset, uint256 price, bool paused) external; }
        interface Deaf { function set(bool deaf) external; }
        interface Pool { function set(int24 tick, uint128 liquidity) external; }
        interface Observed { function move(int24 tick, uint128 liquidity) external; }
    }
}
