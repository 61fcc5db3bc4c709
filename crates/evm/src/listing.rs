//! What a registry lists, told from what it noted and asked once more at one block.
//!
//! A registry cannot be asked for all that it lists, only after one thing at a time: what there might be
//! is known from its notes, and what there is from itself.

use crate::{
    bindings::{GuardRegistry, VaultManager},
    errand::registry::{Entry, Flags, Subject},
    node::{Node, Note},
    pilot::FlightError,
    survey::Asker,
};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolEvent, SolEventInterface};
use std::collections::{BTreeMap, BTreeSet};

/// The most blocks that a node is asked after at once; many refuse more.
const BLOCKS_AT_ONCE: u64 = 10_000;

/// A registry.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Listing {
    /// Who lists and delists, who may freeze, and whom it is offered to; the zero address for nobody.
    pub owner: Address,
    /// Who may freeze.
    pub guardian: Address,
    /// Whom it is offered to; the zero address for nobody.
    pub next_owner: Address,
    /// How long an announcement waits, and may then be done, in seconds.
    pub waits: (u64, u64),
    /// The count of its changes.
    pub epoch: u64,
    /// What vaults may call, or could once.
    pub destinations: Vec<(Address, Standing<(Address, Flags)>)>,
    /// What vaults may hold, or could once: feed and type.
    pub assets: Vec<(Address, Standing<(Address, u16)>)>,
    /// The guards of types of assets.
    pub types: Vec<(u16, Standing<Address>)>,
    /// What is announced and not done yet.
    pub announced: Vec<Announced>,
}

/// How something stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing<T> {
    /// It is listed, as this.
    Listed(T),
    /// It is not, or not any more: why, in a word.
    Closed(&'static str),
}

/// Something that is announced.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Announced {
    /// The name under which it is kept.
    pub subject: B256,
    /// What it is; nothing when the transaction that announced it does not say.
    pub entry: Option<Entry>,
    /// From when on it may be done, in seconds since 1970.
    pub ready_at: u64,
    /// Until when.
    pub expires_at: u64,
}

/// What the notes say, before anything is asked.
#[derive(Debug, Default)]
struct Told {
    destinations: BTreeMap<Address, &'static str>,
    assets: BTreeMap<Address, &'static str>,
    types: BTreeMap<u16, &'static str>,
    announced: BTreeMap<B256, (u64, u64, B256)>,
}

/// What is said of something that was listed and is not by now, without a note about why.
const OTHER_CODE: &str = "other code";

impl Listing {
    /// Reads the notes of a registry from a block on, and asks it about all that is in them.
    ///
    /// # Errors
    /// [`FlightError`].
    pub async fn read(
        asker: &mut Asker<'_>,
        node: &Node,
        registry: Address,
        from: u64,
    ) -> Result<Self, FlightError> {
        let head = asker.snapshot().block().number;
        let mut told = Told::default();
        for note in notes(node, registry, (from, head)).await? {
            told.hear(&note);
        }
        let mut listing = Self::of(asker, registry).await?;
        listing.ask(asker, registry, &told).await?;
        let now = asker.snapshot().block().time;
        for (subject, (ready_at, expires_at, hash)) in told.announced {
            if expires_at < now {
                continue;
            }
            let call = node.calldata(hash).await?;
            let call = call.filter(|(to, _)| *to == registry);
            let entry = call.and_then(|(_, data)| announced(&data));
            // Whatever the transaction says counts only if it is about this very subject.
            let entry = entry.filter(|entry| entry.subject().hash() == subject);
            listing.announced.push(Announced {
                subject,
                entry,
                ready_at,
                expires_at,
            });
        }
        Ok(listing)
    }

    async fn of(asker: &mut Asker<'_>, registry: Address) -> Result<Self, FlightError> {
        let delay = asker.must(registry, &GuardRegistry::delayCall {}).await?;
        let grace = asker.must(registry, &GuardRegistry::graceCall {}).await?;
        Ok(Self {
            owner: asker.must(registry, &GuardRegistry::ownerCall {}).await?,
            guardian: asker
                .must(registry, &GuardRegistry::guardianCall {})
                .await?,
            next_owner: asker
                .must(registry, &GuardRegistry::nextOwnerCall {})
                .await?,
            waits: (delay, grace),
            epoch: asker.must(registry, &GuardRegistry::epochCall {}).await?,
            ..Self::default()
        })
    }

    async fn ask(
        &mut self,
        asker: &mut Asker<'_>,
        registry: Address,
        told: &Told,
    ) -> Result<(), FlightError> {
        for (destination, why) in &told.destinations {
            let destination = *destination;
            let found = asker
                .must(registry, &GuardRegistry::guardOfCall { destination })
                .await?;
            let spender = destination;
            let flags = Flags {
                hooked: found.hooked,
                spender: asker
                    .must(registry, &GuardRegistry::isSpenderCall { spender })
                    .await?,
                standing: asker
                    .must(registry, &GuardRegistry::isStandingCall { spender })
                    .await?,
            };
            let standing = stands(found.guard, why, (found.guard, flags));
            self.destinations.push((destination, standing));
        }
        for (asset, why) in &told.assets {
            let asset = *asset;
            let found = asker
                .must(registry, &GuardRegistry::assetOfCall { asset })
                .await?;
            let standing = stands(found.guard, why, (found.feed, found.assetType));
            self.assets.push((asset, standing));
        }
        for (kind, why) in &told.types {
            let asked = GuardRegistry::typeGuardCall { assetType: *kind };
            let guard = asker.must(registry, &asked).await?;
            self.types.push((*kind, stands(guard, why, guard)));
        }
        Ok(())
    }
}

/// The members of a private vault, told from what its manager contract noted from one block to another.
///
/// # Errors
/// [`FlightError`].
pub async fn members(
    node: &Node,
    logic: Address,
    span: (u64, u64),
) -> Result<BTreeSet<Address>, FlightError> {
    let mut members = BTreeSet::new();
    for note in notes(node, logic, span).await? {
        let topics = note.log.topics.iter().copied();
        let told = VaultManager::MemberChanged::decode_raw_log_validate(topics, &note.log.data);
        match told {
            Ok(told) if told.isMember => drop(members.insert(told.account)),
            Ok(told) => drop(members.remove(&told.account)),
            Err(_) => {}
        }
    }
    Ok(members)
}

/// What a contract noted from one block to another, some blocks at a time.
async fn notes(
    node: &Node,
    contract: Address,
    (from, to): (u64, u64),
) -> Result<Vec<Note>, FlightError> {
    let mut all = Vec::new();
    let mut start = from;
    while start <= to {
        let end = to.min(start.saturating_add(BLOCKS_AT_ONCE - 1));
        all.extend(node.notes(contract, (start, end)).await?);
        start = end.saturating_add(1);
    }
    Ok(all)
}

fn stands<T>(guard: Address, why: &'static str, listed: T) -> Standing<T> {
    if guard.is_zero() {
        Standing::Closed(why)
    } else {
        Standing::Listed(listed)
    }
}

impl Told {
    fn hear(&mut self, note: &Note) {
        use GuardRegistry::GuardRegistryEvents as Event;
        let topics = &note.log.topics;
        let Ok(event) = Event::decode_raw_log(topics, &note.log.data) else {
            return;
        };
        match event {
            Event::Announced(told) => {
                let when = (told.readyAt, told.expiresAt, note.transaction);
                self.announced.insert(told.subject, when);
            }
            Event::Cancelled(told) => {
                self.announced.remove(&told.subject);
            }
            Event::DestinationListed(told) => {
                self.destinations.insert(told.destination, OTHER_CODE);
                self.done(&Subject::Destination(told.destination));
            }
            Event::AssetListed(told) => {
                self.assets.insert(told.asset, OTHER_CODE);
                self.done(&Subject::Asset(told.asset));
            }
            Event::TypeListed(told) => {
                self.types.insert(told.assetType, OTHER_CODE);
                self.done(&Subject::Type(told.assetType));
            }
            Event::Delisted(told) => self.close(told.subject, "delisted"),
            Event::Frozen(told) => self.close(told.subject, "frozen"),
            Event::TypeFrozen(told) => {
                self.types.insert(told.assetType, "frozen");
            }
            Event::Restricted(_)
            | Event::OwnerProposed(_)
            | Event::OwnerChanged(_)
            | Event::GuardianChanged(_)
            | Event::Paused(_)
            | Event::Resumed(_) => {}
        }
    }

    fn done(&mut self, subject: &Subject) {
        self.announced.remove(&subject.hash());
    }

    /// A token may be a destination and an asset; the note does not say which of both was closed, the
    /// registry does.
    fn close(&mut self, subject: Address, why: &'static str) {
        let known = self.destinations.get_mut(&subject).into_iter();
        for one in known.chain(self.assets.get_mut(&subject)) {
            *one = why;
        }
    }
}

/// What calldata announces.
fn announced(data: &[u8]) -> Option<Entry> {
    if let Ok(call) = GuardRegistry::announceDestinationCall::abi_decode_validate(data) {
        let bit = |bit: u64| call.flags & U256::from(bit) != U256::ZERO;
        return Some(Entry::Destination {
            address: call.destination,
            guard: call.guard,
            flags: Flags {
                hooked: bit(1),
                spender: bit(2),
                standing: bit(4),
            },
        });
    }
    if let Ok(call) = GuardRegistry::announceAssetCall::abi_decode_validate(data) {
        return Some(Entry::Asset {
            address: call.asset,
            feed: call.feed,
            kind: call.assetType,
        });
    }
    let call = GuardRegistry::announceTypeCall::abi_decode_validate(data).ok()?;
    Some(Entry::Type {
        kind: call.assetType,
        guard: call.guard,
    })
}
