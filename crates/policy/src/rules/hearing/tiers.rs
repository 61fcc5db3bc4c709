//! `action_type_block`, `environment_restriction` and `compliance_pack`: policies that give an
//! action a tier.

use super::{Case, Demand, Hearing};
use crate::{
    cham::{Policy, Rule, compliance_pack::ComplianceRule},
    code::Code,
    judgement::Detail,
    rules::shelves::{Kind, Pack, PackRule},
    tier::Tier,
};

impl Hearing<'_, '_> {
    pub(super) fn hear_tiers(&mut self) {
        let case = self.case;
        for block in case.docket.entries(Kind::Block, &case.shelves.blocks) {
            let demand = Demand {
                code: Code::ActionBlocked,
                tier: block.tier,
                liftable: false,
            };
            self.demand(block.head, demand, Detail::None);
        }
        for restriction in case
            .docket
            .entries(Kind::Restriction, &case.shelves.restrictions)
        {
            let tier = restriction.max_tier;
            if tier > self.base {
                let code = Code::EnvironmentRestricted;
                self.demand(
                    restriction.head,
                    Demand {
                        code,
                        tier,
                        liftable: tier <= Tier::B,
                    },
                    Detail::None,
                );
            }
        }
        for pack in case.docket.entries(Kind::Pack, &case.shelves.packs) {
            self.hear_pack(pack);
        }
    }

    fn hear_pack(&mut self, pack: &Pack) {
        let case = self.case;
        let policy = case.policy(pack.head.place);
        for rule in case.matching_rules(pack) {
            self.retention_days = self.retention_days.max(rule.retention_days);
            let tier = rule.min_tier;
            if tier > self.base {
                let demand = Demand {
                    code: Code::Compliance,
                    tier,
                    liftable: tier <= Tier::B,
                };
                let detail = policy.and_then(|policy| written(policy, rule.place));
                self.demand(pack.head, demand, detail.map_or(Detail::None, Detail::Rule));
            }
        }
    }
}

impl<'r> Case<'r, '_> {
    /// The rules of a pack that match the action.
    fn matching_rules(self, pack: &Pack) -> impl Iterator<Item = &'r PackRule> {
        let policy = self.policy(pack.head.place);
        let kind = self.index.kind(&self.action.kind);
        self.shelves
            .pack_rules
            .of(pack.rules)
            .iter()
            .filter(move |rule| {
                let kinds = self.shelves.kinds.of(rule.kinds);
                let listed = kinds.is_empty() || kind.is_some_and(|kind| kinds.contains(&kind));
                listed && (!rule.classes || self.touches(policy, rule.place))
            })
    }

    /// Whether the action declares a data class that the rule names.
    fn touches(&self, policy: Option<&Policy>, place: u32) -> bool {
        let declared = &self.action.data_classes;
        let rule = policy
            .filter(|_| !declared.is_empty())
            .and_then(|policy| written(policy, place));
        rule.is_some_and(|rule| {
            rule.data_classifications
                .iter()
                .any(|class| declared.contains(class))
        })
    }
}

/// The least tier that a pack gives the action; `None` when no rule with a tier matches.
pub(in crate::rules) fn pack_tier(case: Case<'_, '_>, pack: &Pack) -> Option<Tier> {
    let tiers = case.matching_rules(pack).map(|rule| rule.min_tier);
    tiers.max().filter(|tier| *tier > Tier::A)
}

fn written(policy: &Policy, place: u32) -> Option<&ComplianceRule> {
    match &policy.rule {
        Rule::CompliancePack(pack) => pack.rules.get(place as usize),
        _ => None,
    }
}
