//! `require_reasoning`

use super::{Demand, Hearing};
use crate::{
    action::Action,
    cham::Rule,
    code::Code,
    judgement::Detail,
    rules::shelves::{Kind, Reasoning},
};
use serde_json::Value;

impl Hearing<'_, '_> {
    pub(super) fn hear_reasoning(&mut self) {
        let case = self.case;
        let mut length = None;
        for required in case
            .docket
            .entries(Kind::Reasoning, &case.shelves.reasonings)
        {
            let length = *length.get_or_insert_with(|| reasoning_length(case.action));
            let least = required.min_length.max(u32::from(required.reasoning));
            if length < least {
                let detail = Detail::Field {
                    name: "reasoning",
                    min_length: Some(least),
                };
                self.demand(required.head, demand(required), detail);
            }
            if required.others {
                self.hear_fields(required);
            }
        }
    }

    fn hear_fields(&mut self, required: &Reasoning) {
        let case = self.case;
        let Some(Rule::RequireReasoning(rule)) =
            case.policy(required.head.place).map(|policy| &policy.rule)
        else {
            self.missing(required.head, "the required fields could not be read");
            return;
        };
        for name in rule
            .required_fields
            .iter()
            .filter(|name| *name != "reasoning")
        {
            if !brings(case.action, name) {
                self.demand(
                    required.head,
                    demand(required),
                    Detail::Field {
                        name,
                        min_length: None,
                    },
                );
            }
        }
    }
}

const fn demand(required: &Reasoning) -> Demand {
    Demand {
        code: Code::ReasoningMissing,
        tier: required.breach,
        liftable: true,
    }
}

/// The Unicode scalar values of the trimmed reasoning.
fn reasoning_length(action: &Action) -> u32 {
    let text = action.reasoning.as_deref().unwrap_or_default().trim();
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// Whether an action brings a field: one of its own, by any of its names on the wire, or a
/// parameter; neither null nor blank.
fn brings(action: &Action, name: &str) -> bool {
    let text = |text: &str| !text.trim().is_empty();
    let own = match name {
        "agent_id" | "agent" => true,
        "action_type" | "kind" => !action.kind.is_empty(),
        "target_service" | "target" => text(&action.target),
        "environment" => !action.environment.is_empty(),
        "session" | "session_id" => action.session.is_some(),
        "scope" => action.scope.is_some(),
        "workspace" | "workspace_id" => action.workspace.is_some(),
        "metadata" | "parameters" => !action.parameters.is_empty(),
        "confidence" => !action.confidence.is_silent(),
        "confidence.incident" => action.confidence.incident.is_some(),
        "confidence.fix" => action.confidence.fix.is_some(),
        "confidence.containment" => action.confidence.containment.is_some(),
        "evidence" => !action.evidence.is_empty(),
        "data_classes" | "data_classifications" => !action.data_classes.is_empty(),
        _ => false,
    };
    own || match action.parameter(name) {
        None | Some(Value::Null) => false,
        Some(Value::String(value)) => text(value),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => true,
    }
}
