//! Our answer, translated into the dialect's.

use crate::wording::{hex, maybe, message, mode};
use portcullis_door::request_id::RequestId;
use portcullis_firewall::{
    answer::Answer,
    canonical::{Array, Object},
};

/// Which of the dialect's two forms: they name fired policies differently.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Surface {
    /// Below `/api`, as the client reads it: policies are ids.
    Client,
    /// Without a prefix, as the documents show it: policies are objects.
    Documents,
}

/// The answer to one action.
pub(super) fn answer(answer: &Answer, surface: Surface, id: &RequestId) -> Vec<u8> {
    let hold = answer.hold.as_ref();
    let mut bytes = Vec::with_capacity(1_024);
    let mut object = Object::new(&mut bytes);
    object.string("action_digest", hex(&answer.action_digest.to_hex()));
    maybe(&mut object, "escrow_id", hold.map(|hold| hold.id.as_str()));
    object
        .boolean("execute", answer.execute())
        .string("governance_mode", mode(answer.mode))
        .string("hash", hex(&answer.hash.to_hex()))
        .string("message", &message(answer));
    if let Some(permit) = &answer.permit {
        object.string("permit", permit);
    }
    fired(object.array("policies_fired"), answer, surface);
    object
        .string("reasoning", &answer.reasoning)
        .boolean("repeated", answer.repeated)
        .string("request_id", id.as_str())
        .integer("risk_tier", answer.risk_tier.number().into());
    maybe(
        &mut object,
        "rule_violated",
        answer.rule_violated.as_deref(),
    );
    object
        .integer("seq", answer.seq)
        .string("tier", answer.tier.as_str());
    match hold {
        Some(hold) => object.timestamp("timeout_at", hold.timeout_at),
        None => object.null("timeout_at"),
    };
    object.string("verdict", answer.verdict.as_str());
    object.end();
    bytes
}

fn fired(mut list: Array<'_>, answer: &Answer, surface: Surface) {
    for policy in &answer.policies_fired {
        match surface {
            Surface::Client => {
                list.string(policy.policy_id.as_str());
            }
            Surface::Documents => {
                let mut object = list.object();
                object
                    .string("policy_id", policy.policy_id.as_str())
                    .string("policy_name", &policy.policy_name)
                    .string("policy_type", &policy.policy_type);
                maybe(&mut object, "reason", policy.reason.as_deref());
            }
        }
    }
}
