//! Which risk tier an action has: a table of built-in action types, and a tenant's own.
//!
//! The table is data, readable at a glance: [`table`]. A tenant may add types and raise tiers; it
//! never lowers a built-in one.

pub mod count;
pub mod demand;
pub mod entry;
pub mod manifest;
mod recipient;
pub mod row;
pub mod table;

use crate::{action::Action, glob::Glob, label::Label, spelling, tier::RiskTier};
use demand::Demand;
use entry::CatalogueEntry;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use row::{Row, Spends};
use std::sync::LazyLock;
use table::Family;

static BUILT_IN: LazyLock<HashMap<&'static str, &'static Row, RandomState>> =
    LazyLock::new(|| table::rows().map(|row| (row.kind, row)).collect());

/// The known action types and their risk tiers: the built-in ones and one tenant's own.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    exact: HashMap<Label, Own, RandomState>,
    globs: Vec<(Glob, Own)>,
    internal_domains: Vec<Label>,
}

/// What a tenant says about an action type.
#[derive(Clone, Copy, Debug)]
struct Own {
    /// The highest tier its lines name.
    named: Option<RiskTier>,
    /// The same, where a line that names none stands for tier 3.
    risk: RiskTier,
    free: bool,
}

impl Own {
    fn of(entry: &CatalogueEntry) -> Self {
        let risk = entry.tier.unwrap_or(RiskTier::HighWrite);
        Self {
            named: entry.tier,
            risk,
            free: entry.free,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            named: self.named.max(other.named),
            risk: self.risk.max(other.risk),
            free: self.free || other.free,
        }
    }
}

/// What the catalogue says about one action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// How risky it is; tier 3 when its type is not known.
    pub risk: RiskTier,
    /// Whether its type is known: built in, of a built-in family, or the tenant's own.
    pub known: bool,
    /// The built-in family its type belongs to.
    pub family: Option<&'static Family>,
    /// What it can use up.
    pub spends: Spends,
    /// The built-in line, for types that have one.
    pub row: Option<&'static Row>,
}

impl Catalogue {
    /// The version of the built-in table; it changes whenever a tier does.
    pub const VERSION: u32 = 2;

    /// The built-in catalogue with a tenant's own lines and its mail domains.
    #[must_use]
    pub fn of_tenant(entries: &[CatalogueEntry], internal_domains: &[Label]) -> Self {
        let mut catalogue = Self {
            internal_domains: internal_domains.to_vec(),
            ..Self::default()
        };
        for entry in entries {
            let (action, own) = (entry.action.clone(), Own::of(entry));
            if Glob::is_glob(action.as_str()) {
                catalogue.globs.push((Glob::new(action), own));
            } else {
                catalogue
                    .exact
                    .entry(action)
                    .and_modify(|o| *o = o.and(own))
                    .or_insert(own);
            }
        }
        catalogue
    }

    /// Every built-in line, in the order of the table.
    pub fn rows() -> impl Iterator<Item = &'static Row> {
        table::rows()
    }

    /// Every built-in family.
    #[must_use]
    pub const fn families() -> &'static [Family] {
        table::families()
    }

    /// The built-in line of an action type.
    #[must_use]
    pub fn row(kind: &str) -> Option<&'static Row> {
        BUILT_IN.get(kind).copied()
    }

    /// The built-in family of an action type, whether or not the type has a line of its own.
    #[must_use]
    pub fn family(kind: &str) -> Option<&'static Family> {
        let (first, _) = kind.split_once('.')?;
        Self::families()
            .iter()
            .find(|family| family.prefix.strip_suffix('.') == Some(first))
    }

    /// Whether an action type is known: built in, of a built-in family, or the tenant's own.
    #[must_use]
    pub fn knows(&self, kind: &str) -> bool {
        Self::row(kind).is_some() || Self::family(kind).is_some() || self.own(kind).is_some()
    }

    /// Classifies an action.
    ///
    /// *Fails closed:* an unknown type is tier 3 and not known; a size that is not stated or not
    /// understood is large.
    #[must_use]
    pub fn classify(&self, action: &Action) -> Class {
        self.classify_demand(&Demand::of(action))
    }

    /// Classifies an action whose numbers are gathered already.
    #[must_use]
    pub fn classify_demand(&self, demand: &Demand<'_>) -> Class {
        let kind = demand.action.kind.as_str();
        let own = self.own(kind);
        let row = Self::row(kind);
        let family = Self::family(kind);
        let built_in = match (row, family) {
            (Some(row), _) => Some(row.rule.risk(demand, &self.internal_domains)),
            (None, Some(family)) if family.open && self.defines(kind, family) => None,
            (None, family) => family.map(|family| family.otherwise),
        };
        let risk = match (built_in, own) {
            (Some(risk), own) => risk.max(own.and_then(|own| own.named).unwrap_or_default()),
            (None, own) => own.map_or(RiskTier::HighWrite, |own| own.risk),
        };
        Class {
            risk,
            known: built_in.is_some() || own.is_some(),
            family,
            spends: match row.map_or(Spends::Stated, |row| row.spends) {
                Spends::Stated if own.is_some_and(|own| own.free) => Spends::Nothing,
                spends => spends,
            },
            row,
        }
    }

    /// Whether a pattern covers anything known.
    pub(crate) fn is_reached_by(&self, glob: &Glob) -> bool {
        table::rows().any(|row| glob.matches(row.kind))
            || Self::families()
                .iter()
                .any(|family| glob.reaches(family.prefix))
            || self.exact.keys().any(|name| glob.matches(name.as_str()))
            || self.globs.iter().any(|(own, _)| glob.reaches(own.head()))
    }

    /// What the tenant's lines say about an action type, the highest tier of them all.
    fn own(&self, kind: &str) -> Option<Own> {
        let globs = self
            .globs
            .iter()
            .filter(|(glob, _)| glob.matches(kind))
            .map(|(_, own)| *own);
        let exact = self.exact.get(kind).copied();
        globs.chain(exact).reduce(Own::and)
    }

    /// Whether the tenant says what a type of an open family is, rather than only raising many
    /// types at once.
    fn defines(&self, kind: &str, family: &Family) -> bool {
        let within = |glob: &Glob| glob.stays_within(family.prefix) && glob.matches(kind);
        self.exact.contains_key(kind) || self.globs.iter().any(|(glob, _)| within(glob))
    }

    /// The known action type that a misspelt one may mean.
    #[must_use]
    pub fn suggest(&self, name: &str) -> Option<&str> {
        let mut own: Vec<_> = self.exact.keys().map(Label::as_str).collect();
        own.sort_unstable();
        spelling::nearest(name, table::rows().map(|row| row.kind).chain(own))
    }
}
