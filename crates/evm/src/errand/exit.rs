//! How a shareholder leaves a vault for one asset, over a contract of their own.

use super::Errand;
use crate::{
    artifacts::{self, ArtifactError},
    bindings::OneAssetExit,
    names::{Names, decimal},
};
use alloy_primitives::{Address, Bytes, U256, aliases::U24};
use alloy_sol_types::SolValue;

/// How one token is swapped on the way out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Route {
    /// The router, which the registry lists as a spender.
    pub router: Address,
    /// The tokens in order, from what the vault pays to the asset that is wanted.
    pub path: Vec<Address>,
    /// The fee of each pool on the way, in millionths, at a Uniswap V3 router; none at a Uniswap V2 router.
    pub fees: Vec<u32>,
}

/// What is taken of an asset, at least.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// The asset.
    pub asset: Address,
    /// The least of it, in its smallest unit.
    pub least: U256,
}

/// The code that creates such a contract, with its arguments behind it.
///
/// # Errors
/// [`ArtifactError`] when the contract is not among the artifacts.
pub fn creation(owner: Address, registry: Address) -> Result<Bytes, ArtifactError> {
    let mut code = artifacts::named("OneAssetExit")?.creation.to_vec();
    code.extend((owner, registry).abi_encode_params());
    Ok(code.into())
}

/// Gives shares back and takes one asset for them.
#[must_use]
pub fn leave(
    exit: Address,
    (vault, shares): (Address, U256),
    wanted: Wanted,
    (routes, deadline): (&[Route], u64),
    names: &Names,
) -> Errand {
    let words = format!(
        "Gives {} shares back for at least {}; what has no route comes as it is",
        decimal(shares, 18),
        names.amount(wanted.least, wanted.asset)
    );
    let call = OneAssetExit::exitIntoCall {
        vault,
        shares,
        into: wanted.asset,
        least: wanted.least,
        routes: routes.iter().map(Route::encoded).collect(),
        deadline: U256::from(deadline),
    };
    Errand::call(exit, &call, words)
}

/// Fetches what could not be handed over.
#[must_use]
pub fn fetch(exit: Address, token: Address, names: &Names) -> Errand {
    let words = format!("Sends what is left of {} to its owner", names.token(token));
    Errand::call(exit, &OneAssetExit::fetchCall { token }, words)
}

/// Fetches what waits in escrow.
#[must_use]
pub fn fetch_escrowed(exit: Address, escrow: Address, token: Address, names: &Names) -> Errand {
    let words = format!("Sends what waits of {} to its owner", names.token(token));
    let call = OneAssetExit::fetchEscrowedCall { escrow, token };
    Errand::call(exit, &call, words)
}

impl Route {
    /// A fee of more than 24 bits is the largest there is, which no pool has.
    fn encoded(&self) -> OneAssetExit::Route {
        let fees = self.fees.iter();
        OneAssetExit::Route {
            router: self.router,
            path: self.path.clone(),
            fees: fees
                .map(|fee| U24::try_from(*fee).unwrap_or(U24::MAX))
                .collect(),
        }
    }
}
