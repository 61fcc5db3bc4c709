//! A chain of a few facts.

use alloy_primitives::{Address, U256, address, hex};
use portcullis_evm::{
    calldata::Interface,
    names::{Names, TokenName},
    rules::{Deed, Facts, Lack, Roles, Verdict, judge, pauses::Pauses},
};

pub(crate) const VAULT: Address = address!("0x1000000000000000000000000000000000000001");
pub(crate) const MANAGER: Address = address!("0x2000000000000000000000000000000000000001");
pub(crate) const TRADER: Address = address!("0x2000000000000000000000000000000000000002");
pub(crate) const STRANGER: Address = address!("0x2000000000000000000000000000000000000003");
pub(crate) const USDC: Address = address!("0x3000000000000000000000000000000000000001");
pub(crate) const WETH: Address = address!("0x3000000000000000000000000000000000000002");
pub(crate) const OLD: Address = address!("0x3000000000000000000000000000000000000003");
pub(crate) const SHARES: Address = address!("0x3000000000000000000000000000000000000004");
pub(crate) const ROUTER: Address = address!("0x4000000000000000000000000000000000000002");
pub(crate) const ROUTER_V3: Address = address!("0x4000000000000000000000000000000000000003");
pub(crate) const POOL: Address = address!("0x4000000000000000000000000000000000000004");
pub(crate) const STANDING: Address = address!("0x4000000000000000000000000000000000000005");
pub(crate) const ODD: Address = address!("0x4000000000000000000000000000000000000006");
pub(crate) const NOW: u64 = 1_800_000_000;

/// What is listed, and what judges it.
const LISTED: &[(Address, Interface)] = &[
    (USDC, Interface::Token),
    (WETH, Interface::Token),
    (OLD, Interface::Token),
    (SHARES, Interface::Erc4626),
    (ROUTER, Interface::UniswapV2),
    (ROUTER_V3, Interface::UniswapV3),
    (POOL, Interface::AaveV3),
];

#[derive(Debug)]
pub(crate) struct World;

fn guard(interface: Interface) -> Address {
    Address::with_last_byte(interface as u8 + 1)
}

impl Facts for World {
    fn roles(&self, vault: Address) -> Result<Roles, Lack> {
        if vault != VAULT {
            return Err(Lack("there is no such vault".to_owned()));
        }
        Ok(Roles {
            manager: MANAGER,
            trader: TRADER,
        })
    }

    fn pauses(&self, _: Address) -> Result<Pauses, Lack> {
        Ok(Pauses::default())
    }

    fn guard_of(&self, destination: Address) -> Result<Address, Lack> {
        if destination == ODD {
            return Ok(Address::with_last_byte(99));
        }
        let found = LISTED.iter().find(|(to, _)| *to == destination);
        Ok(found.map_or(Address::ZERO, |(_, interface)| guard(*interface)))
    }

    fn interface(&self, judge: Address) -> Option<Interface> {
        Interface::ALL
            .into_iter()
            .find(|interface| guard(*interface) == judge)
    }

    fn enabled(&self, _: Address, asset: Address) -> Result<bool, Lack> {
        Ok([USDC, WETH, OLD, SHARES, POOL].contains(&asset))
    }

    fn listed(&self, asset: Address) -> Result<bool, Lack> {
        Ok([USDC, WETH, SHARES, POOL].contains(&asset))
    }

    fn spender(&self, spender: Address) -> Result<bool, Lack> {
        Ok([ROUTER, ROUTER_V3, POOL, STANDING].contains(&spender))
    }

    fn standing(&self, spender: Address) -> Result<bool, Lack> {
        Ok(spender == STANDING)
    }

    fn counts_allowances(&self, _: Address) -> Result<bool, Lack> {
        Ok(true)
    }

    fn underlying(&self, _: Address) -> Result<Address, Lack> {
        Ok(USDC)
    }

    fn pair(&self, _: Address, _: [Address; 2]) -> Result<Address, Lack> {
        Ok(SHARES)
    }

    fn time(&self) -> u64 {
        NOW
    }
}

pub(crate) fn names() -> Names {
    let token = |symbol: &str, decimals| TokenName {
        symbol: symbol.to_owned(),
        decimals,
    };
    Names {
        vault: VAULT,
        tokens: [(USDC, token("USDC", 6)), (WETH, token("WETH", 18))].into(),
        places: [
            (ROUTER, "Uniswap V2".to_owned()),
            (ROUTER_V3, "Uniswap V3".to_owned()),
            (POOL, "Aave V3".to_owned()),
        ]
        .into(),
    }
}

/// What the rules make of a call that a vault makes.
pub(crate) fn judged(from: Address, to: Address, data: &[u8]) -> Verdict {
    let data = execute(to, data);
    let deed = Deed {
        vault: VAULT,
        from,
        to: Some(VAULT),
        pays: false,
        data: &data,
    };
    judge(&deed, &World)
}

/// `execTransaction(address,bytes)`.
pub(crate) fn execute(to: Address, data: &[u8]) -> Vec<u8> {
    let mut written = hex!("7ae7cfb5").to_vec();
    written.extend(to.into_word());
    written.extend(word(64));
    written.extend(word(data.len() as u64));
    written.extend(data);
    written.resize(written.len().next_multiple_of(32) + 4, 0);
    let length = 4 + 96 + data.len().next_multiple_of(32);
    written.truncate(length);
    written
}

/// A call of words alone.
pub(crate) fn call(signature: &str, words: &[U256]) -> Vec<u8> {
    let hash = alloy_primitives::keccak256(signature);
    let mut written = hash[..4].to_vec();
    for word in words {
        written.extend(word.to_be_bytes::<32>());
    }
    written
}

pub(crate) fn word(number: u64) -> [u8; 32] {
    U256::from(number).to_be_bytes()
}

pub(crate) fn a(address: Address) -> U256 {
    U256::from_be_bytes(address.into_word().0)
}

pub(crate) fn n(number: u64) -> U256 {
    U256::from(number)
}
