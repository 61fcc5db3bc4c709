//! What changed outside the list of entries.

use super::compare::{Changes, Loosens};
use crate::{
    catalogue::{Catalogue, entry::CatalogueEntry},
    label::Label,
    tenant::{
        Approvals, Budgets, Prices, RateLimits, TenantPolicy, TierApproval, estimate::PriceList,
    },
    tier::RiskTier,
};
use std::collections::BTreeMap;

/// A key and how to read it.
type Key<P, T> = (&'static str, fn(&P) -> Option<T>);

impl Changes {
    /// Notes every difference between two policies.
    pub(super) fn policy(&mut self, old: &TenantPolicy, new: &TenantPolicy) {
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
        self.escalation(old, new);
        self.prices(old.prices.as_ref(), new.prices.as_ref());
        self.commands(old.commands.as_ref(), new.commands.as_ref());
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
        let limits: [Key<Budgets, f64>; 6] = [
            ("per_action_usd", |b| b.per_action_usd),
            ("daily_usd", |b| b.daily_usd),
            ("monthly_usd", |b| b.monthly_usd),
            ("per_action_gpu_hours", |b| b.per_action_gpu_hours),
            ("daily_gpu_hours", |b| b.daily_gpu_hours),
            ("monthly_gpu_hours", |b| b.monthly_gpu_hours),
        ];
        for (key, of) in limits {
            let path = format!("{path}.{key}");
            self.number(path, old.and_then(of), new.and_then(of), Loosens::LIMIT);
        }
        let warn = |budgets: &Budgets| budgets.warn_at_percent;
        let path = format!("{path}.warn_at_percent");
        self.number(path, old.and_then(warn), new.and_then(warn), Loosens::Never);
    }

    fn rate_limits(&mut self, old: Option<&RateLimits>, new: Option<&RateLimits>) {
        let limits: [Key<RateLimits, u32>; 4] = [
            ("writes_per_minute", |r| r.writes_per_minute),
            ("writes_per_hour", |r| r.writes_per_hour),
            ("actions_per_minute", |r| r.actions_per_minute),
            ("actions_per_hour", |r| r.actions_per_hour),
        ];
        for (key, of) in limits {
            let path = format!("rate_limits.{key}");
            self.number(path, old.and_then(of), new.and_then(of), Loosens::LIMIT);
        }
        let factor = |limits: &RateLimits| limits.split_factor;
        let path = "rate_limits.split_factor".to_owned();
        self.number(
            path,
            old.and_then(factor),
            new.and_then(factor),
            Loosens::Up(1.0),
        );
    }

    fn approvals(&mut self, old: Option<&Approvals>, new: Option<&Approvals>) {
        let minutes = |approvals: &Approvals| approvals.expires_minutes;
        let path = "approvals.expires_minutes".to_owned();
        self.number(
            path,
            old.and_then(minutes),
            new.and_then(minutes),
            Loosens::Up(f64::from(Approvals::EXPIRES_MINUTES)),
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
        let tiers: [(Key<Approvals, TierApproval>, RiskTier); 2] = [
            (("tier3", |a| a.tier3.clone()), RiskTier::HighWrite),
            (("tier4", |a| a.tier4.clone()), RiskTier::Destructive),
        ];
        for ((key, of), risk) in tiers {
            let (before, after) = (old.and_then(of), new.and_then(of));
            self.tier(
                &format!("approvals.{key}"),
                before.as_ref(),
                after.as_ref(),
                risk,
            );
        }
    }

    fn tier(
        &mut self,
        path: &str,
        old: Option<&TierApproval>,
        new: Option<&TierApproval>,
        risk: RiskTier,
    ) {
        let approvers =
            |tier: Option<&TierApproval>| tier.map(|t| t.approvers.clone()).unwrap_or_default();
        self.members(
            &format!("{path}.approvers"),
            &approvers(old),
            &approvers(new),
            true,
        );
        let required = |tier: &TierApproval| tier.required;
        let (before, after) = (old.and_then(required), new.and_then(required));
        let least = Loosens::Down(f64::from(risk.approvals()));
        self.number(format!("{path}.required"), before, after, least);
        let minutes = |tier: &TierApproval| tier.expires_minutes;
        let (before, after) = (old.and_then(minutes), new.and_then(minutes));
        let usual = Loosens::Up(f64::from(Approvals::EXPIRES_MINUTES));
        self.number(format!("{path}.expires_minutes"), before, after, usual);
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
            Loosens::Down(0.0),
        );
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
