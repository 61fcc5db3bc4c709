//! What the owner and the guardian of a registry do.

use super::Errand;
use crate::{bindings::GuardRegistry, names::Names};
use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};

/// What vaults may do with a destination besides calling it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Flags {
    /// Its guard looks again after every call.
    pub hooked: bool,
    /// Vaults may give it an allowance.
    pub spender: bool,
    /// Such an allowance may outlive the call.
    pub standing: bool,
}

/// Something that a registry lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Entry {
    /// A contract that vaults may call.
    Destination {
        /// The contract.
        address: Address,
        /// Who judges the calls.
        guard: Address,
        /// What else they may do with it.
        flags: Flags,
    },
    /// An asset that vaults may hold.
    Asset {
        /// The asset.
        address: Address,
        /// Its price.
        feed: Address,
        /// Its type; zero is a plain token.
        kind: u16,
    },
    /// The guard of a type of assets.
    Type {
        /// The type.
        kind: u16,
        /// Who holds, prices and takes apart such assets.
        guard: Address,
    },
}

/// Something in a registry, by itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Subject {
    /// A destination.
    Destination(Address),
    /// An asset.
    Asset(Address),
    /// A type of assets.
    Type(u16),
}

impl Flags {
    /// As the registry counts them.
    #[must_use]
    pub fn bits(self) -> U256 {
        let bit = |on: bool, bit: u64| if on { bit } else { 0 };
        U256::from(bit(self.hooked, 1) | bit(self.spender, 2) | bit(self.standing, 4))
    }

    fn words(self) -> &'static str {
        match (self.spender, self.standing) {
            (false, _) => "may be given no allowance",
            (true, false) => "may be given allowances that a call uses up",
            (true, true) => "may be given allowances that stand",
        }
    }
}

impl Entry {
    /// What it is about.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        match self {
            Self::Destination { address, .. } => Subject::Destination(*address),
            Self::Asset { address, .. } => Subject::Asset(*address),
            Self::Type { kind, .. } => Subject::Type(*kind),
        }
    }

    /// What it comes to, in words.
    #[must_use]
    pub fn words(&self, names: &Names) -> String {
        match self {
            Self::Destination {
                address,
                guard,
                flags,
            } => {
                let (place, guard) = (names.party(*address), names.party(*guard));
                let (may, again) = (
                    flags.words(),
                    if flags.hooked {
                        ", again after each"
                    } else {
                        ""
                    },
                );
                format!("vaults may call {place}, judged by {guard}{again}; it {may}")
            }
            Self::Asset {
                address,
                feed,
                kind,
            } => {
                let (asset, feed) = (names.party(*address), names.party(*feed));
                format!("vaults may hold {asset} as an asset of type {kind}, priced by {feed}")
            }
            Self::Type { kind, guard } => {
                format!(
                    "assets of type {kind} are held, priced and taken apart by {}",
                    names.party(*guard)
                )
            }
        }
    }
}

impl Entry {
    /// The functions that announce it and finish that; both take the same.
    const fn functions(&self) -> [[u8; 4]; 2] {
        use GuardRegistry as R;
        match self {
            Self::Destination { .. } => [
                R::announceDestinationCall::SELECTOR,
                R::commitDestinationCall::SELECTOR,
            ],
            Self::Asset { .. } => [R::announceAssetCall::SELECTOR, R::commitAssetCall::SELECTOR],
            Self::Type { .. } => [R::announceTypeCall::SELECTOR, R::commitTypeCall::SELECTOR],
        }
    }

    fn sent(&self, registry: Address, function: [u8; 4], words: String) -> Errand {
        let arguments = match *self {
            Self::Destination {
                address,
                guard,
                flags,
            } => (address, guard, flags.bits()).abi_encode_params(),
            Self::Asset {
                address,
                feed,
                kind,
            } => (address, feed, kind).abi_encode_params(),
            Self::Type { kind, guard } => (kind, guard).abi_encode_params(),
        };
        Errand {
            to: Some(registry),
            data: [function.as_slice(), &arguments].concat().into(),
            words,
        }
    }
}

impl Subject {
    /// The name under which an announcement is kept.
    #[must_use]
    pub fn hash(&self) -> B256 {
        keccak256(match self {
            Self::Destination(address) => ("destination".to_owned(), *address).abi_encode_params(),
            Self::Asset(address) => ("asset".to_owned(), *address).abi_encode_params(),
            Self::Type(kind) => ("type".to_owned(), *kind).abi_encode_params(),
        })
    }

    fn words(&self, names: &Names) -> String {
        match self {
            Self::Destination(address) => format!("the destination {}", names.party(*address)),
            Self::Asset(address) => format!("the asset {}", names.party(*address)),
            Self::Type(kind) => format!("type {kind}"),
        }
    }
}

/// Announces an entry.
#[must_use]
pub fn announce(registry: Address, entry: &Entry, names: &Names) -> Errand {
    let words = format!("Announces that {}", entry.words(names));
    let [announce, _] = entry.functions();
    entry.sent(registry, announce, words)
}

/// Does what was announced.
#[must_use]
pub fn finish(registry: Address, entry: &Entry, names: &Names) -> Errand {
    let words = format!("Does what was announced: {}", entry.words(names));
    let [_, finish] = entry.functions();
    entry.sent(registry, finish, words)
}

/// Takes an announcement back.
#[must_use]
pub fn cancel(registry: Address, subject: &Subject, names: &Names) -> Errand {
    let call = GuardRegistry::cancelCall {
        subject: subject.hash(),
    };
    let words = format!("Takes back what was announced of {}", subject.words(names));
    Errand::call(registry, &call, words)
}

/// Takes a destination or an asset off the list; nothing for a type, which can only be frozen.
#[must_use]
pub fn remove(registry: Address, subject: &Subject, names: &Names) -> Option<Errand> {
    let what = subject.words(names);
    match *subject {
        Subject::Destination(destination) => {
            let call = GuardRegistry::delistDestinationCall { destination };
            let words = format!("Takes {what} off the list: no vault calls it any more");
            Some(Errand::call(registry, &call, words))
        }
        Subject::Asset(asset) => {
            let call = GuardRegistry::delistAssetCall { asset };
            let words = format!("Takes {what} off the list: no vault gets more of it");
            Some(Errand::call(registry, &call, words))
        }
        Subject::Type(_) => None,
    }
}

/// Closes something until it is announced anew.
#[must_use]
pub fn freeze(registry: Address, subject: &Subject, names: &Names) -> Errand {
    let words = format!(
        "Freezes {} until it is announced anew",
        subject.words(names)
    );
    match *subject {
        Subject::Destination(destination) => {
            let call = GuardRegistry::freezeDestinationCall { destination };
            Errand::call(registry, &call, words)
        }
        Subject::Asset(asset) => {
            let call = GuardRegistry::freezeAssetCall { asset };
            Errand::call(registry, &call, words)
        }
        Subject::Type(kind) => {
            let call = GuardRegistry::freezeTypeCall { assetType: kind };
            Errand::call(registry, &call, words)
        }
    }
}

/// Takes the right to allowances from a destination, or that they stand.
#[must_use]
pub fn restrict(registry: Address, destination: Address, flags: Flags, names: &Names) -> Errand {
    let call = GuardRegistry::restrictCall {
        destination,
        flags: flags.bits(),
    };
    let what = if flags.spender {
        "No vault may give"
    } else {
        "No vault may leave"
    };
    let words = format!("{what} {} an allowance any more", names.party(destination));
    Errand::call(registry, &call, words)
}

/// Pauses all vaults.
#[must_use]
pub fn pause(registry: Address) -> Errand {
    let words = "Stops deposits and trades of all vaults; withdrawals go on";
    Errand::call(registry, &GuardRegistry::pauseCall {}, words)
}

/// Ends that.
#[must_use]
pub fn resume(registry: Address) -> Errand {
    let words = "No longer stops deposits and trades of all vaults";
    Errand::call(registry, &GuardRegistry::resumeCall {}, words)
}

/// Offers the registry to another owner.
#[must_use]
pub fn propose_owner(registry: Address, next: Address, names: &Names) -> Errand {
    let words = format!("Offers the registry to {}", names.party(next));
    Errand::call(registry, &GuardRegistry::proposeOwnerCall { next }, words)
}

/// Takes the registry that was offered.
#[must_use]
pub fn accept_owner(registry: Address) -> Errand {
    let words = "Takes the registry that was offered to the sender";
    Errand::call(registry, &GuardRegistry::acceptOwnerCall {}, words)
}

/// Names who may freeze.
#[must_use]
pub fn set_guardian(registry: Address, next: Address, names: &Names) -> Errand {
    let words = format!("From now on {} may freeze", names.party(next));
    Errand::call(registry, &GuardRegistry::setGuardianCall { next }, words)
}
