//! What a person is told who made mistakes.

use super::faults;
use insta::assert_snapshot;
use portcullis_policy::cham::read::{config, yaml};
use serde_json::{Value, json};

#[test]
fn all_mistakes_of_an_envelope_are_told_at_once() {
    let text = r#"{
        "type": "rate_limt", "policy_type": "rate_limt", "nmae": "x", "scope": "agent",
        "config": {}, "active": "yes", "log_only": 1, "hold_minutes": 0, "severity": "bad"
    }"#;
    assert_snapshot!(faults(text), @"
    name: is missing
    agent_id: is missing: the scope is `agent`
    active: must be true or false, not a text
    log_only: must be true or false, not a number
    hold_minutes: must be a whole number from 1 to 10080, not `0`
    severity: must be one of `LOW`, `MEDIUM`, `HIGH`, `CRITICAL`, not `bad`
    type: `rate_limt` is not a type of policy (did you mean `rate_limit`?)
    nmae: is not a known key (did you mean `name`?)
    ");
}

#[test]
fn a_scope_and_its_agent_must_agree() {
    let with = |rest: &str| {
        let block =
            r#""type": "action_type_block", "name": "n", "config": {"action_types": ["x"]}"#;
        faults(&format!("{{{block}, {rest}}}"))
    };
    assert_snapshot!(with(r#""scope": "agent""#), @"agent_id: is missing: the scope is `agent`");
    assert_snapshot!(with(r#""scope": "agent", "agent_id": null"#), @"agent_id: is missing: the scope is `agent`");
    assert_snapshot!(with(r#""scope": "tenant", "agent_id": "agt_1""#), @"agent_id: only stands with the scope `agent`");
    assert_snapshot!(with(r#""agent_id": "agt_1""#), @"agent_id: only stands with the scope `agent`");
    assert_snapshot!(with(r#""scope": "agnet", "agent_id": "agt_1""#), @"scope: must be one of `tenant`, `agent`, not `agnet` (did you mean `agent`?)");
    assert_snapshot!(with(r#""scope": "agent", "agent_id": "agt/1""#), @"agent_id: an id has only letters, digits and `-_.:@`, not `/`");
    assert_snapshot!(with(r#""policy_type": "rate_limit""#), @"policy_type: differs from `type`, `action_type_block`");
    assert_snapshot!(with(r#""active": true, "status": "inactive""#), @"status: must not stand beside `active`");
}

/// The faults of a configuration, one a line.
fn wrong(kind: &str, value: &Value) -> String {
    let faults = config(kind, value).expect_err("faults");
    faults.0.iter().map(|fault| format!("{fault}\n")).collect()
}

#[test]
fn a_floor_lies_between_0_and_1() {
    let floors = json!({ "incident": 1.01, "fix": -0.1, "containment": "0.9", "overall": 1 });
    assert_snapshot!(wrong("confidence_floor", &json!({ "floors": floors })), @"
    config.floors.incident: must be a number from 0 to 1, not `1.01`
    config.floors.fix: must be a number from 0 to 1, not `-0.1`
    config.floors.containment: must be a number from 0 to 1, not a text
    config.floors.overall: is not a known key
    ");
    assert_snapshot!(wrong("confidence_floor", &json!({ "floors": {} })), @"config.floors: needs at least one of `incident`, `fix`, `containment`");
    assert_snapshot!(wrong("confidence_floor", &json!({ "escalation": "tier-up" })), @"
    config.floors: is missing
    config.escalation: must be one of `tier_up`, `block`, not `tier-up` (did you mean `tier_up`?)
    ");
    let both = json!({ "floor": 0.5, "threshold": 0.5, "floors": [], "action_on_fail": "tier_up" });
    assert_snapshot!(wrong("confidence_floor", &both), @"
    config.threshold: must not stand beside `floors`
    config.floor: must not stand beside `floors`
    config.floors: must be an object, not a list
    config.action_on_fail: must be one of `HOLD`, `BLOCK`, not `tier_up`
    ");
}

#[test]
fn a_restriction_names_where_and_how_far() {
    assert_snapshot!(wrong("environment_restriction", &json!({ "max_tier": "D" })), @"
    config.environment: is missing
    config.max_tier: must be one of `A`, `B`, `C`, `X`, not `D`
    ");
    assert_snapshot!(wrong("environment_restriction", &json!({ "enviroment": "production" })), @"
    config.environment: is missing
    config.max_tier: is missing
    config.enviroment: is not a known key (did you mean `environment`?)
    ");
    let both =
        json!({ "environment": "a", "environments": ["b"], "max_tier": "B", "action_types": [] });
    assert_snapshot!(wrong("environment_restriction", &both), @"
    config.environments: must not stand beside `environment`
    config.action_types: must not be an empty list
    ");
    let mixed =
        json!({ "blocked_environments": ["a"], "max_tier": "A", "action_on_match": "HOLD" });
    assert_snapshot!(wrong("environment_restriction", &mixed), @"
    config.max_tier: must not stand beside `blocked_environments`
    config.action_on_match: must be `BLOCK`, not `HOLD`
    ");
}

#[test]
fn a_block_blocks() {
    let soft = json!({ "action_types": ["x", " ", 3], "verdict": "HELD", "tier": "B" });
    assert_snapshot!(wrong("action_type_block", &soft), @"
    config.action_types[1]: must not be blank
    config.action_types[2]: must be a text, not a number
    config.verdict: must be `BLOCKED`; this type of policy knows no other verdict
    config.tier: must be one of `C`, `X`, not `B`
    ");
    assert_snapshot!(wrong("action_type_block", &json!({})), @"config.action_types: is missing");
    assert_snapshot!(wrong("action_type_block", &json!({ "action_types": null })), @"config.action_types: must not be null; leave it out instead");
}

#[test]
fn a_pattern_is_refused_with_what_to_write_instead() {
    let pattern = json!({
        "conditions": { "action_pattern": "send_*", "content_check": "pii", "direction": "out" },
        "verdict_on_trigger": "HELD",
    });
    assert_snapshot!(wrong("action_block", &pattern), @"
    config.conditions.content_check: a policy cannot look at the content; leave it out
    config.conditions.direction: a policy cannot look at the direction; leave it out
    config.conditions.action_pattern: the pattern `send_*` cannot be a policy: list the types in an `action_type_block`, or forbid the pattern in the tenant policy
    config.verdict_on_trigger: must be `BLOCKED`; this type of policy knows no other verdict
    ");
}

#[test]
fn a_rate_window_has_a_period_and_a_most() {
    let windows = json!([
        { "period": "1 minute", "max": 0 },
        { "period": "60s", "max": 1.5 },
        { "period": "32d", "max": 4_294_967_296_u64 },
        { "period": "1m", "max": 5 },
        { "period": "60s", "max": 6 },
        { "perod": "1m" },
        7,
    ]);
    assert_snapshot!(wrong("rate_limit", &json!({ "windows": windows, "on_exceed": "warn" })), @"
    config.windows[0].period: `1 minute` is not a period such as `1s`, `5m`, `1h` or `1d`
    config.windows[0].max: must be a whole number from 1 to 4294967295, not `0`
    config.windows[1].max: must be a whole number from 1 to 4294967295, not `1.5`
    config.windows[2].period: `32d` is not between 1s and 31d
    config.windows[2].max: must be a whole number from 1 to 4294967295, not `4294967296`
    config.windows[5].period: is missing
    config.windows[5].max: is missing
    config.windows[5].perod: is not a known key (did you mean `period`?)
    config.windows[6]: must be an object, not a number
    config.windows[4].period: `1m` comes twice
    config.on_exceed: must be one of `block`, `hold`, not `warn`
    ");
    assert_snapshot!(wrong("rate_limit", &json!({ "windows": [] })), @"config.windows: must not be an empty list");
    assert_snapshot!(wrong("rate_limit", &json!({ "windows": {} })), @"config.windows: must be a list, not an object");
}

#[test]
fn reasoning_is_asked_for_somehow() {
    assert_snapshot!(wrong("require_reasoning", &json!({ "on_missing": "block" })), @"config: needs `min_length` or `required_fields`");
    let fields = json!({ "min_length": -1, "required_fields": ["a..b", ""] });
    assert_snapshot!(wrong("require_reasoning", &fields), @"
    config.min_length: must be a whole number from 0 to 10000, not `-1`
    config.required_fields[0]: `a..b` is not the path of a field
    config.required_fields[1]: must not be blank
    ");
}

#[test]
fn a_grant_ends_and_its_conditions_can_hold() {
    assert_snapshot!(wrong("grant_lifecycle", &json!({})), @"
    config.action_type: is missing
    config.max_uses: is missing
    config.expires_at: is missing
    config.tier_override: is missing
    ");
    let grant = json!({
        "action_type": "log_rotate",
        "max_uses": 0,
        "expires_at": "2026-05-01T00:00:00",
        "tier_override": "C",
        "required": "yes",
        "conditions": {
            "max_size": "500",
            "min_": 1,
            "allowed_region": ["eu"],
            "allowed_hosts": "a",
            "allowed_ports": [],
            "owner": null,
            "labels": { "a": 1 },
            "tags": [["x"]],
            "environment": "staging",
            "allowed_agents": ["agt_1"],
            "target_service": "app-logs",
        },
    });
    assert_snapshot!(wrong("grant_lifecycle", &grant), @"
    config.max_uses: must be a whole number from 1 to 4294967295, not `0`
    config.expires_at: must be a time with an offset, such as `2026-05-01T00:00:00Z`, not `2026-05-01T00:00:00`
    config.tier_override: must be `A` or `B`: a grant does not refuse
    config.conditions.allowed_agents: `agent` is not a parameter; write the scope `agent` and `agent_id`
    config.conditions.allowed_hosts: must be a list, not a text
    config.conditions.allowed_ports: must not be an empty list
    config.conditions.allowed_region: must end in `s`, as `allowed_regions` does for `region`
    config.conditions.environment: `environment` is not a parameter; write `environments` beside the conditions
    config.conditions.labels: must be a text, a number, true, false or a list of these, not an object
    config.conditions.max_size: must be a number, not a text
    config.conditions.min_: names no parameter
    config.conditions.owner: must be a text, a number, true, false or a list of these, not null
    config.conditions.tags: must hold texts, numbers, true or false, not a list
    config.conditions.target_service: `target_service` is not a parameter; write `allowed_targets`
    config.required: must be true or false, not a text
    ");
}

#[test]
fn a_compliance_rule_does_something_and_has_its_own_id() {
    let rules = json!([
        { "id": "a", "description": "nothing" },
        { "id": "b", "min_tier": "Z", "retention_days": 0 },
        { "id": "c", "min_tier": "B" },
        { "id": "c", "min_tier": "C", "data_classes": ["PHI"] },
        { "min_tier": "B", "data_classifications": [] },
    ]);
    assert_snapshot!(wrong("compliance_pack", &json!({ "standard": "", "rules": rules })), @"
    config.standard: must not be blank
    config.rules[0]: does nothing: needs `min_tier` or `retention_days`
    config.rules[1].min_tier: must be one of `A`, `B`, `C`, `X`, not `Z`
    config.rules[1].retention_days: must be a whole number from 1 to 36525, not `0`
    config.rules[3].data_classes: is not a known key
    config.rules[4].id: is missing
    config.rules[4].data_classifications: must not be an empty list
    config.rules[3].id: `c` comes twice
    ");
}

#[test]
fn a_window_can_open() {
    let windows = json!([
        { "days": ["tuesday", "funday", 2], "start": "2:00", "end": "24:01", "timezone": "Mars/Olympus" },
        { "days": [], "start": "24:00", "end": "24:00", "timezone": "Etc/Unknown" },
        { "days": "monday", "start": "12:60", "end": 600, "timezone": "" },
        { "day": ["monday"], "start": "02:00", "end": "06:00" },
    ]);
    let window = json!({ "windows": windows, "outside_window": "deny", "emergency_override": 1 });
    assert_snapshot!(wrong("time_window", &window), @"
    config.windows[0].days[1]: must be one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`, not `funday` (did you mean `sunday`?)
    config.windows[0].days[2]: must be a text, not a number
    config.windows[0].start: `2:00` is not a time of day such as `02:00`
    config.windows[0].end: `24:01` is not a time of day such as `02:00`
    config.windows[0].timezone: `Mars/Olympus` is not an IANA time zone such as `Europe/Berlin`
    config.windows[1].days: must not be an empty list
    config.windows[1].start: a window cannot start at `24:00`; write `00:00` of the next day
    config.windows[1].timezone: `Etc/Unknown` is not an IANA time zone such as `Europe/Berlin`
    config.windows[2].days: must be a list, not a text
    config.windows[2].start: `12:60` is not a time of day such as `02:00`
    config.windows[2].end: must be a text, not a number
    config.windows[2].timezone: `` is not an IANA time zone such as `Europe/Berlin`
    config.windows[3].days: is missing
    config.windows[3].timezone: is missing
    config.windows[3].day: is not a known key (did you mean `days`?)
    config.outside_window: must be one of `block`, `hold`, not `deny`
    config.emergency_override: must be true or false, not a number
    ");
}

#[test]
fn a_place_in_a_list_is_part_of_the_path() {
    let text = "
- { type: action_type_block, name: ok, config: { action_types: [x] } }
- { type: confidence_floor, name: floor, config: { floors: { fix: .nan } } }
- 17
";
    assert_snapshot!(yaml(text).expect_err("faults"), @"[1].config.floors.fix: must be a number from 0 to 1, not a text; [2]: must be an object, not a number");
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    let text =
        "type: action_type_block\nname: n\nconfig: { action_types: [x], action_types: [y] }\n";
    assert_snapshot!(yaml(text).expect_err("faults"), @"`action_types` comes twice, at line 3, column 30");
}

#[test]
fn an_unknown_type_is_refused_with_the_likely_one() {
    assert_snapshot!(wrong("time_windows", &json!({})), @"type: `time_windows` is not a type of policy (did you mean `time_window`?)");
    assert_snapshot!(wrong("sequence", &json!({})), @"type: `sequence` is not a type of policy");
}

#[test]
fn a_text_that_looks_like_another_is_refused() {
    let hidden = json!({ "action_types": ["drop\u{200b}_table"], "reason": "ok\u{202e}ko" });
    assert_snapshot!(wrong("action_type_block", &hidden), @"
    config.action_types[0]: has a hidden character (U+200B)
    config.reason: has a hidden character (U+202E)
    ");
}

#[test]
fn too_much_of_anything_is_refused_briefly() {
    let many: Vec<String> = (0..1_001).map(|n| format!("type_{n}")).collect();
    let long = "x".repeat(3_000);
    let mut config = json!({ "action_types": many, "environments": [long], "reason": long });
    for n in 0..1_000 {
        config[format!("{n}_{long}")] = json!(n);
    }
    let told = wrong("action_type_block", &config);
    assert!(told.len() < 10_000, "{} bytes", told.len());
    assert_snapshot!(told.lines().filter(|line| !line.contains("not a known key")).collect::<Vec<_>>().join("\n"), @"
    config.action_types: has 1001 entries, more than 1000
    config.environments[0]: has more than 128 characters
    config.reason: has more than 2000 characters
    config: has 980 more unknown keys
    ");
}
