//! `require_reasoning` as written.

use super::{fields::Fields, shared, value};
use crate::cham::{Rule, require_reasoning::RequireReasoning};

/// The most fields one policy asks for.
const FIELDS: usize = 64;
/// The longest reasoning a policy may demand, in characters.
const MIN_LENGTH: u32 = 10_000;

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    if !fields.has("min_length") && !fields.has("required_fields") {
        fields.fault("", "needs `min_length` or `required_fields`");
    }
    let min_length = fields.optional("min_length", value::whole::<0, MIN_LENGTH>);
    let required_fields = fields.list("required_fields", FIELDS, value::field);
    let environments = shared::environments(fields);
    let on_missing = fields
        .optional("on_missing", value::breach)
        .unwrap_or_default();
    let reason = fields.optional("reason", value::prose);
    let min_length = min_length.unwrap_or_default();
    Some(Rule::RequireReasoning(RequireReasoning {
        min_length,
        required_fields,
        environments,
        on_missing,
        reason,
    }))
}
