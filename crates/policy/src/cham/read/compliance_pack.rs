//! `compliance_pack` as written.

use super::{fields::Fields, shared, value};
use crate::cham::{
    Rule,
    compliance_pack::{CompliancePack, ComplianceRule},
};

/// The most rules of one pack.
const RULES: usize = 200;
/// The most data classes of one rule.
const CLASSES: usize = 100;
/// The longest retention, in days: a hundred years.
const RETENTION_DAYS: u32 = 36_525;

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    let standard = fields.required("standard", value::name);
    let rules = fields.objects("rules", RULES, rule);
    for (at, rule) in rules.iter().enumerate() {
        let Some(ComplianceRule { id, .. }) = rule else {
            continue;
        };
        if rules
            .iter()
            .take(at)
            .flatten()
            .any(|earlier| earlier.id == *id)
        {
            fields.fault(&format!("rules[{at}].id"), format!("`{id}` comes twice"));
        }
    }
    let rules = rules.into_iter().flatten().collect();
    let pack = CompliancePack {
        standard: standard?,
        rules,
    };
    (!pack.rules.is_empty()).then_some(Rule::CompliancePack(pack))
}

fn rule(fields: &mut Fields<'_, '_>) -> Option<ComplianceRule> {
    if !fields.has("min_tier") && !fields.has("retention_days") {
        fields.fault("", "does nothing: needs `min_tier` or `retention_days`");
    }
    let id = fields.required("id", value::name);
    let description = fields.optional("description", value::prose);
    let action_types = shared::action_types(fields, "action_types");
    let data_classifications = fields.list("data_classifications", CLASSES, value::label);
    let min_tier = fields.optional("min_tier", value::tier);
    let retention_days = fields.optional("retention_days", value::whole::<1, RETENTION_DAYS>);
    Some(ComplianceRule {
        id: id?,
        description,
        action_types,
        data_classifications,
        min_tier,
        retention_days,
    })
}
