//! The rules of the vault and its guards, mirrored: the same questions in the same order, with the same
//! codes. Pure: what the chain says comes in as [`Facts`].
//!
//! The mirror tells early and why. The contracts are the control, and the simulation has the last word.

mod guard;
pub mod pauses;

use crate::{
    call::Call,
    calldata::{Interface, Unreadable, read},
};
use alloy_primitives::{Address, B256};
use pauses::Pauses;

/// The longest time ahead that a deadline may lie, in seconds; as `Guard.sol`.
pub const HORIZON_SECONDS: u64 = 3_600;
/// The longest route, in tokens; as `Guard.sol`.
pub const ROUTE_MAX: usize = 4;

/// What the chain says, as far as rules ask.
///
/// Fails closed: what is not known is a [`Lack`], never a no or a yes.
pub trait Facts {
    /// Who runs a vault.
    fn roles(&self, vault: Address) -> Result<Roles, Lack>;
    /// What is paused for a vault.
    fn pauses(&self, vault: Address) -> Result<Pauses, Lack>;
    /// Who judges calls to a destination; the zero address for one that is not listed or is frozen.
    fn guard_of(&self, destination: Address) -> Result<Address, Lack>;
    /// What kind of contracts a guard judges, when the gate knows it.
    fn interface(&self, guard: Address) -> Option<Interface>;
    /// Whether a vault has an asset enabled.
    fn enabled(&self, vault: Address, asset: Address) -> Result<bool, Lack>;
    /// Whether the registry lists an asset.
    fn listed(&self, asset: Address) -> Result<bool, Lack>;
    /// Whether an address may be given an allowance.
    fn spender(&self, spender: Address) -> Result<bool, Lack>;
    /// Whether its allowance may outlive the call that gave it.
    fn standing(&self, spender: Address) -> Result<bool, Lack>;
    /// Whether the vault takes care that no allowance is left over.
    fn counts_allowances(&self, vault: Address) -> Result<bool, Lack>;
    /// What a tokenised vault holds.
    fn underlying(&self, shares: Address) -> Result<Address, Lack>;
    /// The pair of two tokens at a Uniswap V2 router; zero for none.
    fn pair(&self, router: Address, tokens: [Address; 2]) -> Result<Address, Lack>;
    /// The time of the block, in seconds since 1970.
    fn time(&self) -> u64;
}

/// Something that rules must know and nobody says.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Lack(pub String);

/// Who runs a vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Roles {
    /// The manager.
    pub manager: Address,
    /// The trader; zero for none.
    pub trader: Address,
}

/// What is to be done, by whom.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// The vault that the gate acts for.
    pub vault: Address,
    /// Who sends it.
    pub from: Address,
    /// Whom it calls; nothing for a new contract.
    pub to: Option<Address>,
    /// Whether it carries native value.
    pub pays: bool,
    /// With what.
    pub data: &'a [u8],
}

/// What the rules make of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Every rule is kept.
    Allow(Vec<Judged>),
    /// A person must look: the mirror does not know the rules that apply.
    Ask(Vec<Judged>, String),
    /// A rule is broken; the chain would revert.
    Deny(Denial),
}

/// One call of the vault, as its guard sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judged {
    /// Whom the vault calls.
    pub to: Address,
    /// What for; nothing when the mirror does not know its kind.
    pub call: Option<Call>,
    /// What comes of it.
    pub ruling: Ruling,
}

/// What a guard says of a call that it lets pass; as `IContractGuard.sol`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ruling {
    /// The kind of transaction.
    pub kind: u16,
    /// The token whose allowance it sets.
    pub granted: Option<Address>,
    /// Who may then spend it.
    pub spender: Option<Address>,
    /// The asset that may come in.
    pub received: Option<Address>,
}

/// Which rule is broken, and by what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Denial {
    /// The chain's own code: `dh23` and the like, `Refused` when a guard names the rule, or one that
    /// begins with `preflight.` for what never gets to the chain.
    pub code: &'static str,
    /// The rule, e.g. `recipient`.
    pub rule: &'static str,
    /// Which argument, from zero; nothing for the call as a whole.
    pub argument: Option<u16>,
    /// What was there.
    pub seen: Option<B256>,
    /// Which call of several, from zero.
    pub call: Option<usize>,
    /// For people.
    pub words: String,
}

impl Denial {
    /// A denial by a rule that is the vault's or the gate's own.
    #[must_use]
    pub fn new(code: &'static str, rule: &'static str, words: impl Into<String>) -> Self {
        let words = words.into();
        Self {
            code,
            rule,
            argument: None,
            seen: None,
            call: None,
            words,
        }
    }
}

impl From<Lack> for Denial {
    fn from(lack: Lack) -> Self {
        Self::new("preflight.unknown", "state", lack.0)
    }
}

/// Judges what is to be done: role, registry, pauses, canonical form, guard, as the vault does.
///
/// Fails closed: what cannot be read or is not known is denied.
#[must_use]
pub fn judge(deed: &Deed<'_>, facts: &dyn Facts) -> Verdict {
    judged(deed, facts).unwrap_or_else(Verdict::Deny)
}

fn judged(deed: &Deed<'_>, facts: &dyn Facts) -> Result<Verdict, Denial> {
    let vault = deed.vault;
    if deed.to != Some(vault) {
        let words = "the gate signs calls to its vault alone";
        return Err(Denial::new("preflight.destination", "vault", words));
    }
    if deed.pays {
        let words = "a vault takes no native value";
        return Err(Denial::new("preflight.value", "value", words));
    }
    let call = read(Interface::Vault, deed.data);
    if let Err(why @ (Unreadable::Short(_) | Unreadable::Function(_))) = &call {
        let words = format!("only guarded calls are signed: {why}");
        return Err(Denial::new("preflight.function", "function", words));
    }
    let roles = facts.roles(vault)?;
    if deed.from != roles.manager && (roles.trader.is_zero() || deed.from != roles.trader) {
        let words = format!("{} is neither manager nor trader of this vault", deed.from);
        return Err(Denial::new("dh24", "role", words));
    }
    let calls = match call.map_err(|why| outer(&why))? {
        Call::Execute { calls, .. } => calls,
        _ => Vec::new(),
    };
    let count = calls.len();
    let mut done = Vec::with_capacity(count);
    let mut unknown = None;
    for (at, (to, data)) in calls.iter().enumerate() {
        let within = |mut denial: Denial| {
            denial.call = (count > 1).then_some(at);
            denial
        };
        let judged = one(vault, *to, data, facts).map_err(within)?;
        if judged.call.is_none() {
            unknown.get_or_insert(*to);
        }
        done.push(judged);
    }
    left(vault, &done, facts)?;
    Ok(match unknown {
        None => Verdict::Allow(done),
        Some(to) => {
            let why = format!("the gate does not know the rules of the guard of {to}");
            Verdict::Ask(done, why)
        }
    })
}

/// One call of the vault.
fn one(vault: Address, to: Address, data: &[u8], facts: &dyn Facts) -> Result<Judged, Denial> {
    let guard = facts.guard_of(to)?;
    if guard.is_zero() || to == vault {
        let words = format!("{to} is not listed");
        return Err(Denial::new("dh23", "destination", words));
    }
    if let Some(denial) = facts.pauses(vault)?.denial() {
        return Err(denial);
    }
    let Some(interface) = facts.interface(guard) else {
        return Ok(Judged {
            to,
            call: None,
            ruling: Ruling::default(),
        });
    };
    let (call, ruling) = ruling(interface, (vault, to), data, facts)?;
    if let Some(received) = ruling.received
        && !(facts.enabled(vault, received)? && facts.listed(received)?)
    {
        let words = format!("{received} would come in, and is not enabled");
        return Err(Denial::new("dh22", "token.enabled", words));
    }
    Ok(Judged {
        to,
        call: Some(call),
        ruling,
    })
}

/// Functions that are understood, so that they can be explained, and that no guard lets pass.
const UNRULED: &[&str] = &[
    "transfer",
    "transferFrom",
    "increaseAllowance",
    "decreaseAllowance",
];

/// What the guard of a kind of contract says of a call that a vault would make to one.
///
/// # Errors
/// [`Denial`], as the guard itself refuses.
pub fn ruling(
    interface: Interface,
    (vault, to): (Address, Address),
    data: &[u8],
    facts: &dyn Facts,
) -> Result<(Call, Ruling), Denial> {
    let call = read(interface, data).map_err(|why| match &why {
        Unreadable::NotCanonical { function, .. } | Unreadable::Arguments { function }
            if UNRULED.contains(function) =>
        {
            Denial::new("dh23", "function", why.to_string())
        }
        why => inner(why),
    })?;
    let ruling = guard::ruling(vault, to, &call, facts)?;
    Ok((call, ruling))
}

/// An allowance is used up by the calls after it, or must be one that may stand. What is left of one
/// that others follow only the simulation can tell.
fn left(vault: Address, done: &[Judged], facts: &dyn Facts) -> Result<(), Denial> {
    let Some(last) = done.last() else {
        return Ok(());
    };
    let Some(Call::Approve(approval)) = &last.call else {
        return Ok(());
    };
    if approval.amount.is_zero()
        || facts.standing(approval.spender)?
        || !facts.counts_allowances(vault)?
    {
        return Ok(());
    }
    let words = format!("the allowance of {} would be left over", approval.spender);
    Err(Denial::new("AllowanceLeft", "allowance", words))
}

fn outer(why: &Unreadable) -> Denial {
    let (code, rule) = match why {
        Unreadable::NotCanonical { .. } => ("NotCanonical", "canonical"),
        Unreadable::Calls { .. } => ("BadBatch", "calls"),
        _ => ("preflight.calldata", "canonical"),
    };
    Denial::new(code, rule, why.to_string())
}

fn inner(why: &Unreadable) -> Denial {
    let words = why.to_string();
    let refused = |rule, argument: Option<u16>| Denial {
        argument,
        ..Denial::new("Refused", rule, words.clone())
    };
    let number = |word: usize| u16::try_from(word).ok();
    match why {
        Unreadable::Short(_) | Unreadable::Function(_) => Denial::new("dh23", "function", words),
        Unreadable::Long(_) => Denial::new("preflight.calldata", "length", words),
        Unreadable::Arguments { .. } => refused("canonical.short", None),
        Unreadable::NotCanonical { word, offset, .. } if *offset => {
            refused("canonical.offset", number(*word))
        }
        Unreadable::NotCanonical { word, .. } => refused("canonical", number(*word)),
        Unreadable::Route { .. } => refused("path.length", Some(0)),
        Unreadable::Calls { .. } => refused("multicall.calls", Some(0)),
        Unreadable::Inner { at, why } => match &**why {
            Unreadable::Function(_) | Unreadable::Short(_) => {
                refused("multicall.inner", number(*at))
            }
            why => inner(why),
        },
    }
}
