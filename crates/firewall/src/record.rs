//! What the record of a decision says, in canonical bytes.

use crate::{canonical, hold::Fired, request::Request, view::View};
use jiff::Timestamp;
use portcullis_policy::{
    action::Action,
    command::policy::SessionPatterns,
    facts::{Facts, Session},
    judgement::{Judgement, Warning},
    tier::Verdict,
};
use serde_json::Value;

/// The explanation of a judgement as the record, the answer and lists show it.
#[derive(Debug)]
pub struct Explanation {
    /// Every reason, as canonical JSON.
    pub reasons: Vec<u8>,
    /// The conflicts, as canonical JSON.
    pub conflicts: Vec<u8>,
    /// The policies that changed the outcome.
    pub fired: Vec<Fired>,
    /// All reasons in one text.
    pub text: String,
    /// The rule that a BLOCKED verdict names.
    pub rule_violated: Option<String>,
}

impl Explanation {
    /// Renders a judgement; the one place where its words are made.
    #[must_use]
    pub fn of(judgement: &Judgement<'_>) -> Self {
        let fired = judgement
            .fired
            .iter()
            .map(|policy| Fired {
                policy_id: policy.id.clone(),
                policy_name: policy.name.clone(),
                policy_type: policy.rule.kind().to_owned(),
                reason: policy.rule.reason().map(str::to_owned),
            })
            .collect();
        let (reasons, conflicts) = match serde_json::to_value(judgement) {
            Ok(Value::Object(map)) if !plain(judgement) => {
                (list(&map, "reasons"), list(&map, "conflicts"))
            }
            _ => (b"[]".to_vec(), b"[]".to_vec()),
        };
        Self {
            reasons,
            conflicts,
            fired,
            text: text(judgement),
            rule_violated: (judgement.verdict == Verdict::Blocked)
                .then(|| judgement.rule_violated())
                .flatten(),
        }
    }

    /// The same without what is hidden in the action.
    #[must_use]
    pub fn screened(mut self, view: &View) -> Self {
        self.reasons = view.json(self.reasons);
        self.conflicts = view.json(self.conflicts);
        self.text = view.words(self.text);
        self.rule_violated = self.rule_violated.map(|rule| view.words(rule));
        self
    }
}

/// Whether there is nothing to explain.
fn plain(judgement: &Judgement<'_>) -> bool {
    judgement.reasons.is_empty() && judgement.conflicts.is_empty()
}

fn list(map: &serde_json::Map<String, Value>, key: &str) -> Vec<u8> {
    map.get(key)
        .map_or_else(|| b"[]".to_vec(), canonical::to_vec)
}

fn text(judgement: &Judgement<'_>) -> String {
    if judgement.reasons.is_empty() {
        return "allowed by the tenant policy; nothing speaks against it".to_owned();
    }
    let mut text = String::with_capacity(128);
    for (at, reason) in judgement.reasons.iter().enumerate() {
        use std::fmt::Write as _;
        let pause = if at > 0 { "; " } else { "" };
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{pause}{reason}");
    }
    text
}

/// Everything a decision's record is made from.
#[derive(Debug)]
pub struct Decision<'d, 'r> {
    /// The request.
    pub request: &'d Request,
    /// The outcome.
    pub judgement: &'d Judgement<'r>,
    /// Its words.
    pub explanation: &'d Explanation,
    /// What it was judged on.
    pub facts: &'d Facts,
    /// Who asked, as records name callers.
    pub actor: &'d str,
    /// The digest of the rules.
    pub rule_set: &'d [u8; 32],
    /// The hold it made.
    pub hold: Option<&'d str>,
    /// The record's number.
    pub seq: u64,
    /// The moment.
    pub now: Timestamp,
}

impl Decision<'_, '_> {
    /// The canonical bytes that are sealed. Keys are written in their canonical order.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let action = &self.request.frozen.action;
        let judgement = self.judgement;
        let mut bytes = Vec::with_capacity(1024);
        let mut record = canonical::Object::new(&mut bytes);
        record
            .display("action_digest", &self.request.frozen.digest)
            .string("action_type", action.kind.as_str())
            .string("actor", self.actor)
            .string("agent_id", action.agent.as_str())
            .raw("confidence", &self.request.view.confidence)
            .raw("conflicts", &self.explanation.conflicts)
            .raw("data_classes", &self.request.view.data_classes)
            .string("decision_reasoning", &self.explanation.text)
            .boolean("emergency", action.emergency)
            .string("environment", action.environment.as_str())
            .raw("evidence", &self.request.view.evidence);
        write_facts(self.facts, record.object("facts"));
        record.string("governance_mode", self.facts.mode.as_str());
        let hidden = self.request.view.hidden_parts;
        if hidden > 0 {
            record.integer("hidden_parts", hidden as u64);
        }
        if let Some(hold) = self.hold {
            record.string("hold_id", hold);
        }
        // With it, what is hidden could be guessed from the digest.
        if hidden == 0 {
            record.display("nonce", &self.request.frozen.nonce);
        }
        record
            .raw("parameters", &self.request.view.parameters)
            .integer("policies_evaluated", judgement.evaluated.len() as u64);
        let mut fired = record.array("policies_fired");
        for policy in &self.explanation.fired {
            fired.string(policy.policy_id.as_str());
        }
        fired.end();
        if let Some(reasoning) = &self.request.view.reasoning {
            record.string("reasoning", reasoning);
        }
        record
            .raw("reasons", &self.explanation.reasons)
            .string("record_type", "decision");
        if let Some(days) = judgement.obligations.retention_days {
            record.integer("retention_days", u64::from(days));
        }
        record
            .integer("risk_tier", u64::from(judgement.risk.number()))
            .display("rule_set", &hex::encode(self.rule_set));
        if let Some(rule) = &self.explanation.rule_violated {
            record.string("rule_violated", rule);
        }
        write_work(action, self.seq, &mut record);
        record
            .string("target_service", &action.target)
            .string("tenant_id", action.tenant.as_str())
            .string("tier", judgement.tier.as_str())
            .timestamp("timestamp", self.now)
            .string("verdict", judgement.verdict.as_str());
        write_warnings(&judgement.obligations.warnings, &mut record);
        if let Some(workspace) = &action.workspace {
            record.string("workspace_id", workspace.as_str());
        }
        record
            .string("would_tier", judgement.would.1.as_str())
            .string("would_verdict", judgement.would.0.as_str());
        record.end();
        bytes
    }
}

/// The facts as [`Facts`] reads them back. Keys are written in their canonical order.
fn write_facts(facts: &Facts, mut object: canonical::Object<'_>) {
    let mut agent = object.object("agent");
    if let Some(floor) = facts.agent.confidence_floor {
        agent.number("confidence_floor", floor);
    }
    agent.string("status", facts.agent.status.as_str());
    if let Some(tier) = facts.agent.tier_override {
        agent.string("tier_override", tier.as_str());
    }
    agent.end();
    integers(
        &mut object,
        "budgets",
        facts.budgets.iter().map(|amount| amount.get()),
    );
    let mut caller = object.object("caller");
    if let Some(agent) = &facts.caller.agent {
        caller.string("agent", agent.as_str());
    }
    caller.string("tenant", facts.caller.tenant.as_str());
    caller.end();
    object.boolean("chain_intact", facts.chain_intact);
    if !facts.command_patterns.is_empty() {
        write_patterns(&facts.command_patterns, object.object("command_patterns"));
    }
    integers(
        &mut object,
        "grants",
        facts.grants.iter().map(|uses| u64::from(*uses)),
    );
    object
        .string("mode", facts.mode.as_str())
        .timestamp("now", facts.now);
    integers(
        &mut object,
        "rates",
        facts.rates.iter().map(|count| u64::from(*count)),
    );
    if let Some(session) = &facts.session {
        write_session(session, object.object("session"));
    }
    integers(&mut object, "sums", facts.sums.iter().copied());
    object.end();
}

/// The piece of work that an action names, and the record's number between.
fn write_work(action: &Action, seq: u64, record: &mut canonical::Object<'_>) {
    if let Some(scope) = &action.scope {
        record.string("scope", scope.as_str());
    }
    record.integer("seq", seq);
    if let Some(session) = &action.session {
        record.string("session_id", session.as_str());
    }
}

/// How the session stood.
fn write_session(session: &Session, mut object: canonical::Object<'_>) {
    object.boolean("open", session.open);
    if let Some(reach) = &session.scope {
        let mut scope = object.object("scope");
        scope
            .string("environment", reach.environment.as_str())
            .boolean("write", reach.write);
        scope.end();
    }
    object.end();
}

/// What the session said about commands.
fn write_patterns(said: &SessionPatterns, mut object: canonical::Object<'_>) {
    texts(&mut object, "allow", &said.allow);
    if said.approve_all {
        object.boolean("approve_all", true);
    }
    texts(&mut object, "block", &said.block);
    if let Some(project) = &said.project {
        object.string("project", project);
    }
    if said.reject_all {
        object.boolean("reject_all", true);
    }
    object.end();
}

/// Writes a list of texts, unless it is empty.
fn texts(object: &mut canonical::Object<'_>, key: &'static str, texts: &[String]) {
    if texts.is_empty() {
        return;
    }
    let mut list = object.array(key);
    for text in texts {
        list.string(text);
    }
    list.end();
}

/// Writes the budgets that are nearly used up, unless there is none.
fn write_warnings(warnings: &[Warning], record: &mut canonical::Object<'_>) {
    if warnings.is_empty() {
        return;
    }
    let mut list = record.array("warnings");
    for warning in warnings {
        list.string(&warning.to_string());
    }
    list.end();
}

/// Writes a list of counts, unless it is empty.
fn integers(
    object: &mut canonical::Object<'_>,
    key: &'static str,
    numbers: impl ExactSizeIterator<Item = u64>,
) {
    if numbers.len() == 0 {
        return;
    }
    let mut list = object.array(key);
    for number in numbers {
        list.integer(number);
    }
    list.end();
}
