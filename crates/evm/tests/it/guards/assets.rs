//! Guards of assets: what a vault has, what it is worth, and how it is handed over.

mod aave;
mod liquidity;
mod shares;
mod tokens;

/// The tests of one contract, for mutants of it.
pub(super) fn tests(contract: &str) -> &'static [fn()] {
    match contract {
        "Erc20Asset" => tokens::ALL,
        "Erc4626Asset" => shares::ALL,
        "AaveV3Asset" => aave::ALL,
        "UniswapV2LpAsset" => liquidity::ALL,
        _ => &[],
    }
}
