//! Examples to begin a policy with, one of each type.

use crate::console::paths;

/// The types with an example of each.
pub(super) const EXAMPLES: [(&str, &str); 8] = [
    (
        "confidence_floor",
        r#"{
  "type": "confidence_floor",
  "name": "Confidence in production",
  "scope": "tenant",
  "config": {
    "environment": "production",
    "floors": { "incident": 0.8, "fix": 0.85, "containment": 0.9 },
    "escalation": "tier_up"
  }
}"#,
    ),
    (
        "environment_restriction",
        r#"{
  "type": "environment_restriction",
  "name": "People decide in production",
  "scope": "tenant",
  "config": {
    "environment": "production",
    "max_tier": "B",
    "action_types": ["code_deploy", "config_change"],
    "reason": "Changes in production wait for a person"
  }
}"#,
    ),
    (
        "action_type_block",
        r#"{
  "type": "action_type_block",
  "name": "No database drops",
  "scope": "tenant",
  "config": {
    "action_types": ["database_drop", "table_truncate"],
    "environments": ["production", "staging"],
    "tier": "C",
    "reason": "Agents never drop data"
  }
}"#,
    ),
    (
        "rate_limit",
        r#"{
  "type": "rate_limit",
  "name": "No bursts",
  "scope": "tenant",
  "config": {
    "windows": [{ "period": "1m", "max": 60 }, { "period": "1h", "max": 600 }],
    "on_exceed": "hold",
    "reason": "This agent asks very often"
  }
}"#,
    ),
    (
        "require_reasoning",
        r#"{
  "type": "require_reasoning",
  "name": "Say why",
  "scope": "tenant",
  "config": {
    "min_length": 20,
    "required_fields": ["reasoning"],
    "environment": "production",
    "on_missing": "block",
    "reason": "What changes production says why"
  }
}"#,
    ),
    (
        "grant_lifecycle",
        r#"{
  "type": "grant_lifecycle",
  "name": "Log rotation for a while",
  "scope": "tenant",
  "config": {
    "action_type": "log_rotate",
    "environments": ["staging"],
    "max_uses": 100,
    "expires_at": "2030-01-01T00:00:00Z",
    "tier_override": "A"
  }
}"#,
    ),
    (
        "compliance_pack",
        r#"{
  "type": "compliance_pack",
  "name": "Health data",
  "scope": "tenant",
  "config": {
    "standard": "HIPAA",
    "rules": [
      {
        "id": "hipaa_phi_access",
        "action_types": ["data_read"],
        "data_classifications": ["PHI"],
        "min_tier": "B",
        "retention_days": 2190
      }
    ]
  }
}"#,
    ),
    (
        "time_window",
        r#"{
  "type": "time_window",
  "name": "Changes at night",
  "scope": "tenant",
  "config": {
    "environment": "production",
    "windows": [
      { "days": ["tuesday", "thursday"], "start": "02:00", "end": "06:00", "timezone": "Europe/Berlin" }
    ],
    "outside_window": "hold",
    "emergency_override": true,
    "reason": "Outside the change window"
  }
}"#,
    ),
];

/// The example of a type; the first for any other word.
pub(super) fn example(kind: &str) -> &'static str {
    let [(_, first), ..] = EXAMPLES;
    let found = EXAMPLES.iter().find(|(name, _)| *name == kind);
    found.map_or(first, |(_, text)| text)
}

/// Where a form begins with each of them.
pub(super) fn links(path: &str) -> Vec<(&'static str, String)> {
    let link = |(kind, name): &(&'static str, &'static str)| {
        (*name, paths::with_query(path, &[("type", *kind)]))
    };
    crate::console::pages::policies::KINDS
        .iter()
        .map(link)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::EXAMPLES;
    use crate::console::{pages::policies::KINDS, rooms::drafts};
    use portcullis_policy::cham::read;

    #[test]
    fn there_is_a_good_example_of_every_type() {
        for ((kind, text), (named, _)) in EXAMPLES.iter().zip(KINDS) {
            let draft = drafts::json(text).and_then(|value| read::draft(&value));
            assert_eq!(draft.map(|draft| draft.rule.kind()), Ok(*kind));
            assert_eq!(*kind, named);
        }
    }
}
