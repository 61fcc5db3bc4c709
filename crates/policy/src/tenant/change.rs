//! What changed between two tenant policies, and what of it loosens the reins.

mod entry;

use super::{
    Approvals, Budgets, Prices, RateLimits, TenantPolicy, TierApproval, estimate::PriceList,
};
use crate::{
    catalogue::{Catalogue, entry::CatalogueEntry},
    label::Label,
    tier::RiskTier,
};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// One difference between two tenant policies.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Change {
    /// Where, e.g. `budgets.daily_usd` or `actions[workloads.submit].caps.max_gpus_per_job`.
    pub path: String,
    /// What was written before; nothing when it is new.
    pub before: Option<String>,
    /// What is written now; nothing when it is gone.
    pub after: Option<String>,
    /// Whether more is possible than before.
    pub loosens: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, .. } = self;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "~ {path}: {before} -> {after}")?,
            (None, Some(after)) => write!(f, "+ {path}: {after}")?,
            (Some(before), None) => write!(f, "- {path}: {before}")?,
            (None, None) => f.write_str(path)?,
        }
        f.write_str(if self.loosens { " (loosens)" } else { "" })
    }
}

/// What changed from one tenant policy to another; no policy at all allows nothing.
///
/// A change counts as loosening when any action could pass because of it that could not before,
/// or when people are asked less, later or more loosely.
#[must_use]
pub fn diff(old: Option<&TenantPolicy>, new: Option<&TenantPolicy>) -> Vec<Change> {
    let mut changes = Changes::default();
    match (old, new) {
        (Some(old), Some(new)) => changes.policy(old, new),
        (None, Some(new)) => changes.policy(&bare(new), new),
        (Some(old), None) => changes.policy(old, &bare(old)),
        (None, None) => {}
    }
    changes.0
}

/// A policy like another, but empty.
fn bare(like: &TenantPolicy) -> TenantPolicy {
    TenantPolicy {
        version: like.version,
        tenant: like.tenant.clone(),
        default: like.default,
        timezone: like.timezone.clone(),
        heartbeat_minutes: None,
        slack: None,
        catalogue: Vec::new(),
        actions: Vec::new(),
        budgets: None,
        agent_budgets: BTreeMap::new(),
        workspace_budgets: BTreeMap::new(),
        rate_limits: None,
        approvals: None,
        prices: None,
        internal_domains: Vec::new(),
    }
}

/// Which way loosens.
#[derive(Clone, Copy, Debug)]
enum Loosens {
    /// Neither.
    Never,
    /// More of it; not to say is the most.
    Up,
    /// More of it; not to say is the least.
    UpFromNothing,
    /// Less of it; not to say is the least.
    Down,
}

impl Loosens {
    fn by(self, before: Option<f64>, after: Option<f64>) -> bool {
        let (before, after) = match self {
            Self::Never => return false,
            Self::Up => (
                before.unwrap_or(f64::INFINITY),
                after.unwrap_or(f64::INFINITY),
            ),
            Self::UpFromNothing => (before.unwrap_or(0.0), after.unwrap_or(0.0)),
            Self::Down => (after.unwrap_or(0.0), before.unwrap_or(0.0)),
        };
        after > before
    }
}

/// Whether a changed line of the catalogue can make a tier lower or an action free.
fn lowers(action: &Label, before: Option<&CatalogueEntry>, after: Option<&CatalogueEntry>) -> bool {
    // What stands without a tier: what is built in, or tier 3.
    let bare = Catalogue::row(action.as_str()).map_or(RiskTier::HighWrite, |row| row.rule.least());
    let tier = |entry: Option<&CatalogueEntry>| entry.and_then(|e| e.tier).unwrap_or(bare);
    let free = |entry: Option<&CatalogueEntry>| entry.is_some_and(|e| e.free);
    tier(after) < tier(before) || free(after) && !free(before)
}

/// The changes found so far.
#[derive(Debug, Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn push(&mut self, path: String, before: Option<String>, after: Option<String>, loosens: bool) {
        if before != after {
            self.0.push(Change {
                path,
                before,
                after,
                loosens,
            });
        }
    }

    fn number<N: Into<f64> + Copy>(
        &mut self,
        path: String,
        before: Option<N>,
        after: Option<N>,
        way: Loosens,
    ) {
        let (before, after) = (before.map(Into::into), after.map(Into::into));
        let shown = |number: Option<f64>| number.map(|number| number.to_string());
        self.push(path, shown(before), shown(after), way.by(before, after));
    }

    fn text(&mut self, path: &str, before: Option<&str>, after: Option<&str>) {
        self.push(
            path.to_owned(),
            before.map(str::to_owned),
            after.map(str::to_owned),
            false,
        );
    }

    fn policy(&mut self, old: &TenantPolicy, new: &TenantPolicy) {
        self.text("tenant", old.tenant.as_deref(), new.tenant.as_deref());
        self.text("timezone", Some(&old.timezone), Some(&new.timezone));
        let heartbeats = (old.heartbeat_minutes, new.heartbeat_minutes);
        self.number(
            "heartbeat_minutes".to_owned(),
            heartbeats.0,
            heartbeats.1,
            Loosens::Never,
        );
        let slack = |policy: &TenantPolicy| policy.slack.as_ref().map(|s| s.channel.clone());
        self.push("slack.channel".to_owned(), slack(old), slack(new), false);
        let escalation =
            |p: &TenantPolicy| p.slack.as_ref().and_then(|s| s.escalation_channel.clone());
        self.push(
            "slack.escalation_channel".to_owned(),
            escalation(old),
            escalation(new),
            false,
        );
        self.catalogue(&old.catalogue, &new.catalogue);
        self.actions(&old.actions, &new.actions);
        self.budgets("budgets", old.budgets.as_ref(), new.budgets.as_ref());
        self.budgets_by_id("agent_budgets", &old.agent_budgets, &new.agent_budgets);
        self.budgets_by_id(
            "workspace_budgets",
            &old.workspace_budgets,
            &new.workspace_budgets,
        );
        self.rate_limits(old.rate_limits.as_ref(), new.rate_limits.as_ref());
        self.approvals(old.approvals.as_ref(), new.approvals.as_ref());
        self.prices(old.prices.as_ref(), new.prices.as_ref());
        for domain in old
            .internal_domains
            .iter()
            .filter(|d| !new.internal_domains.contains(d))
        {
            self.push(
                "internal_domains".to_owned(),
                Some(domain.to_string()),
                None,
                false,
            );
        }
        for domain in new
            .internal_domains
            .iter()
            .filter(|d| !old.internal_domains.contains(d))
        {
            self.push(
                "internal_domains".to_owned(),
                None,
                Some(domain.to_string()),
                true,
            );
        }
    }

    fn catalogue(&mut self, old: &[CatalogueEntry], new: &[CatalogueEntry]) {
        let shown = |entry: &CatalogueEntry| {
            let tier = entry
                .tier
                .map_or_else(|| "no tier".to_owned(), |t| format!("tier {}", t.number()));
            if entry.free {
                format!("{tier}, free")
            } else {
                tier
            }
        };
        let find = |lines: &[CatalogueEntry], entry: &CatalogueEntry| {
            lines
                .iter()
                .find(|other| other.action == entry.action)
                .cloned()
        };
        for entry in old
            .iter()
            .chain(new.iter().filter(|entry| find(old, entry).is_none()))
        {
            let (before, after) = (find(old, entry), find(new, entry));
            let loosens = lowers(&entry.action, before.as_ref(), after.as_ref());
            let path = format!("catalogue[{}]", entry.action);
            self.push(
                path,
                before.as_ref().map(shown),
                after.as_ref().map(shown),
                loosens,
            );
        }
    }

    fn budgets_by_id(
        &mut self,
        path: &str,
        old: &BTreeMap<String, Budgets>,
        new: &BTreeMap<String, Budgets>,
    ) {
        for (id, budgets) in old {
            self.budgets(&format!("{path}.{id}"), Some(budgets), new.get(id));
        }
        for (id, budgets) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
            self.budgets(&format!("{path}.{id}"), None, Some(budgets));
        }
    }

    fn budgets(&mut self, path: &str, old: Option<&Budgets>, new: Option<&Budgets>) {
        let limits: [(&str, fn(&Budgets) -> Option<f64>); 6] = [
            ("per_action_usd", |b| b.per_action_usd),
            ("daily_usd", |b| b.daily_usd),
            ("monthly_usd", |b| b.monthly_usd),
            ("per_action_gpu_hours", |b| b.per_action_gpu_hours),
            ("daily_gpu_hours", |b| b.daily_gpu_hours),
            ("monthly_gpu_hours", |b| b.monthly_gpu_hours),
        ];
        for (key, of) in limits {
            let path = format!("{path}.{key}");
            self.number(path, old.and_then(of), new.and_then(of), Loosens::Up);
        }
        let warn = |budgets: &Budgets| budgets.warn_at_percent;
        let path = format!("{path}.warn_at_percent");
        self.number(path, old.and_then(warn), new.and_then(warn), Loosens::Never);
    }

    fn rate_limits(&mut self, old: Option<&RateLimits>, new: Option<&RateLimits>) {
        let limits: [(&str, fn(&RateLimits) -> Option<u32>); 4] = [
            ("writes_per_minute", |r| r.writes_per_minute),
            ("writes_per_hour", |r| r.writes_per_hour),
            ("actions_per_minute", |r| r.actions_per_minute),
            ("actions_per_hour", |r| r.actions_per_hour),
        ];
        for (key, of) in limits {
            let path = format!("rate_limits.{key}");
            self.number(path, old.and_then(of), new.and_then(of), Loosens::Up);
        }
        let factor = |limits: &RateLimits| limits.split_factor;
        let path = "rate_limits.split_factor".to_owned();
        self.number(
            path,
            old.and_then(factor),
            new.and_then(factor),
            Loosens::UpFromNothing,
        );
    }

    fn approvals(&mut self, old: Option<&Approvals>, new: Option<&Approvals>) {
        let minutes = |approvals: &Approvals| approvals.expires_minutes;
        let path = "approvals.expires_minutes".to_owned();
        self.number(
            path,
            old.and_then(minutes),
            new.and_then(minutes),
            Loosens::UpFromNothing,
        );
        let of = |a: Option<&Approvals>| a.is_some_and(|a| a.self_approval);
        let (before, after) = (of(old), of(new));
        let path = "approvals.self_approval".to_owned();
        self.push(
            path,
            Some(before.to_string()),
            Some(after.to_string()),
            after,
        );
        let tiers: [(&str, fn(&Approvals) -> Option<&TierApproval>); 2] = [
            ("tier3", |a| a.tier3.as_ref()),
            ("tier4", |a| a.tier4.as_ref()),
        ];
        for (key, of) in tiers {
            self.tier(
                &format!("approvals.{key}"),
                old.and_then(of),
                new.and_then(of),
            );
        }
    }

    fn tier(&mut self, path: &str, old: Option<&TierApproval>, new: Option<&TierApproval>) {
        let approvers =
            |tier: Option<&TierApproval>| tier.map(|t| t.approvers.clone()).unwrap_or_default();
        self.members(
            &format!("{path}.approvers"),
            &approvers(old),
            &approvers(new),
            true,
        );
        let required = |tier: &TierApproval| tier.required;
        let path_of = |key| format!("{path}.{key}");
        let (before, after) = (old.and_then(required), new.and_then(required));
        self.number(path_of("required"), before, after, Loosens::Down);
        let minutes = |tier: &TierApproval| tier.expires_minutes;
        let (before, after) = (old.and_then(minutes), new.and_then(minutes));
        self.number(
            path_of("expires_minutes"),
            before,
            after,
            Loosens::UpFromNothing,
        );
    }

    fn prices(&mut self, old: Option<&Prices>, new: Option<&Prices>) {
        let none = Prices::default();
        let (before, after) = (old.unwrap_or(&none), new.unwrap_or(&none));
        let (cheap, dear) = (PriceList::new(after), PriceList::new(before));
        let added = after
            .gpu_hour_usd
            .keys()
            .filter(|name| !before.gpu_hour_usd.contains_key(*name));
        for name in before.gpu_hour_usd.keys().chain(added) {
            let listed = |prices: &Prices| prices.gpu_hour_usd.get(name).map(ToString::to_string);
            // A type that is not listed has a price as well.
            let price = |list: &PriceList| list.price(Some(name)).unwrap_or_default();
            let path = format!("prices.gpu_hour_usd.{name}");
            self.push(
                path,
                listed(before),
                listed(after),
                price(&cheap) < price(&dear),
            );
        }
        let hours = |prices: &Prices| prices.default_hours;
        let path = "prices.default_hours".to_owned();
        self.number(
            path,
            old.and_then(hours),
            new.and_then(hours),
            Loosens::Down,
        );
    }

    /// A set that restricts, where an empty one does not restrict at all: it loosens when members
    /// are added to it or it is taken away (`widens`), or the other way round.
    fn members<T>(&mut self, path: &str, old: &[T], new: &[T], widens: bool)
    where
        T: PartialEq + fmt::Display,
    {
        let within = |inner: &[T], outer: &[T]| {
            outer.is_empty() || !inner.is_empty() && inner.iter().all(|m| outer.contains(m))
        };
        let shown = |set: &[T]| {
            let names: Vec<_> = set.iter().map(ToString::to_string).collect();
            (!set.is_empty()).then(|| format!("[{}]", names.join(", ")))
        };
        let loosens = if widens {
            !within(new, old)
        } else {
            !within(old, new)
        };
        self.push(path.to_owned(), shown(old), shown(new), loosens);
    }
}

#[cfg(test)]
mod tests;
