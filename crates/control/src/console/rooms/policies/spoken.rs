//! A policy in words: everything it says, in sentences.

use portcullis_policy::{
    cham::{
        OnBreach, Policy, Rule,
        compliance_pack::{CompliancePack, ComplianceRule},
        confidence_floor::{ConfidenceFloor, Escalation},
        grant_lifecycle::GrantLifecycle,
        time_window::{Day, TimeWindow, WeeklyWindow},
    },
    label::Label,
    tier::Tier,
};

/// Everything a policy says.
pub(super) fn spoken(policy: &Policy) -> Vec<String> {
    let mut said = rule(&policy.rule);
    if let Some(reason) = policy.rule.reason() {
        said.push(format!("With the verdict it says: “{reason}”"));
    }
    if let Some(minutes) = policy.hold_minutes {
        said.push(format!("A hold it causes waits {minutes} minutes."));
    }
    if let Some(severity) = policy.severity {
        let word = serde_json::to_value(severity).unwrap_or_default();
        let word = word.as_str().unwrap_or_default();
        said.push(format!("Breaking it is a violation of severity {word}."));
    }
    if policy.log_only {
        said.push("It only notes what it would have done.".to_owned());
    }
    if !policy.active {
        said.push("It is switched off.".to_owned());
    }
    said
}

fn rule(rule: &Rule) -> Vec<String> {
    match rule {
        Rule::ConfidenceFloor(rule) => floors(rule),
        Rule::EnvironmentRestriction(rule) => vec![format!(
            "{}{} {} at least tier {}.",
            capital(&types(&rule.action_types)),
            place(&rule.environments),
            if rule.action_types.len() == 1 {
                "is"
            } else {
                "are"
            },
            tier(rule.max_tier),
        )],
        Rule::ActionTypeBlock(rule) => vec![format!(
            "{}{} gets tier {}, whatever the agent's confidence.",
            either(&rule.action_types),
            place(&rule.environments),
            tier(rule.tier),
        )],
        Rule::RateLimit(rule) => {
            let window = |window: &portcullis_policy::cham::rate_limit::RateWindow| {
                format!("at most {} in any {}", window.max, window.period)
            };
            let windows: Vec<String> = rule.windows.iter().map(window).collect();
            vec![format!(
                "An agent asks {}; one action more {}.",
                windows.join(", "),
                breach(rule.on_exceed)
            )]
        }
        Rule::RequireReasoning(rule) => {
            let mut asked = Vec::new();
            if rule.min_length > 0 {
                asked.push(format!("reasoning of {} characters", rule.min_length));
            }
            if !rule.required_fields.is_empty() {
                asked.push(format!("the fields {}", rule.required_fields.join(", ")));
            }
            vec![format!(
                "An action{} brings {}; one without {}.",
                place(&rule.environments),
                asked.join(" and "),
                breach(rule.on_missing),
            )]
        }
        Rule::GrantLifecycle(rule) => grant(rule),
        Rule::CompliancePack(rule) => pack(rule),
        Rule::TimeWindow(rule) => windows(rule),
    }
}

fn floors(rule: &ConfidenceFloor) -> Vec<String> {
    let floors = [
        ("incident", rule.floors.incident),
        ("fix", rule.floors.fix),
        ("containment", rule.floors.containment),
    ];
    let named: Vec<String> = floors
        .into_iter()
        .filter_map(|(name, floor)| floor.map(|floor| format!("{floor} for {name}")))
        .collect();
    let breach = match rule.escalation {
        Escalation::TierUp => "raises the tier by one step",
        Escalation::Block => "refuses the action",
    };
    vec![format!(
        "Confidence{} must be at least {}; less, or none, {breach}.",
        place(&rule.environments),
        named.join(", ")
    )]
}

fn grant(rule: &GrantLifecycle) -> Vec<String> {
    let mut said = vec![format!(
        "{}{} gets tier {}, {} times, until {}.",
        rule.action_type,
        place(&rule.environments),
        tier(rule.tier_override),
        rule.max_uses,
        rule.expires_at,
    )];
    let conditions = rule.conditions.iter();
    said.extend(conditions.map(|(key, value)| format!("Only with {key}: {value}.")));
    if rule.required {
        said.push("Without a live grant it is refused.".to_owned());
    }
    said
}

fn pack(rule: &CompliancePack) -> Vec<String> {
    let one = |one: &ComplianceRule| {
        let data = if one.data_classifications.is_empty() {
            String::new()
        } else {
            format!(" that touches {}", list(&one.data_classifications, "or"))
        };
        let mut ends = Vec::new();
        if let Some(least) = one.min_tier {
            ends.push(format!("is at least tier {}", tier(least)));
        }
        if let Some(days) = one.retention_days {
            ends.push(format!("is kept on record for {days} days"));
        }
        let what = if one.action_types.is_empty() {
            "any action".to_owned()
        } else {
            either(&one.action_types)
        };
        format!("{}: {what}{data} {}.", one.id, ends.join(" and "))
    };
    let mut said = vec![format!("The rules of {}:", rule.standard)];
    said.extend(rule.rules.iter().map(one));
    said
}

fn windows(rule: &TimeWindow) -> Vec<String> {
    let breach = breach(rule.outside_window);
    let mut said = vec![format!(
        "An action{} outside these times {breach}:",
        place(&rule.environments)
    )];
    said.extend(rule.windows.iter().map(window));
    if rule.emergency_override {
        said.push("An emergency passes, and is on record.".to_owned());
    }
    said
}

fn window(window: &WeeklyWindow) -> String {
    let days: Vec<&str> = window.days.iter().map(|day| Day::as_str(*day)).collect();
    format!(
        "{} to {} on {} ({})",
        String::from(window.start),
        String::from(window.end),
        days.join(", "),
        window.timezone
    )
}

const fn breach(breach: OnBreach) -> &'static str {
    match breach {
        OnBreach::Block => "is refused",
        OnBreach::Hold => "waits for people",
    }
}

const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::A => "A (the agent alone)",
        Tier::B => "B (people decide)",
        Tier::C => "C (refused)",
        Tier::X => "X (refused like a breach of a principle)",
    }
}

fn place(environments: &[Label]) -> String {
    if environments.is_empty() {
        String::new()
    } else {
        format!(" in {}", list(environments, "or"))
    }
}

fn types(types: &[Label]) -> String {
    if types.is_empty() {
        "all actions".to_owned()
    } else {
        list(types, "and")
    }
}

fn either(types: &[Label]) -> String {
    list(types, "or")
}

fn list(labels: &[Label], joint: &str) -> String {
    match labels {
        [] => String::new(),
        [one] => one.to_string(),
        [all @ .., last] => {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            format!("{} {joint} {last}", all.join(", "))
        }
    }
}

/// Labels stand as they are; words of ours begin with a capital.
fn capital(words: &str) -> String {
    words
        .strip_prefix("all ")
        .map_or_else(|| words.to_owned(), |rest| format!("All {rest}"))
}
