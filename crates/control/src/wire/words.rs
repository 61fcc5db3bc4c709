//! The closed sets of words on the wire, as the documentation lists them.
//!
//! The words themselves are written by the enums of the floors below; a test compares the two.

use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

macro_rules! words {
    ($($name:ident: $doc:literal, $($word:literal)|+;)*) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub(crate) enum $name {}

        impl $name {
            /// Every word of the set.
            pub(crate) const WORDS: &[&str] = &[$($word),+];
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some(Self::WORDS.iter().copied()))
                    .description(Some($doc))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

words! {
    Verdict: "What is enforced.", "CLEARED" | "HELD" | "BLOCKED";
    Tier: "Who decides: A the agent alone, B people, C a policy refuses, X a principle refuses.",
        "A" | "B" | "C" | "X";
    AgentStatus: "Where an agent is in its life.",
        "active" | "paused" | "blocked" | "deregistered" | "identity_revoked";
    ToolStatus: "Whether agents may use a tool: only when it is PINNED.",
        "PINNED" | "NEW" | "CHANGED";
    FirstSight: "What becomes of a tool that is seen for the first time.", "quarantine" | "pin";
    HoldStatus: "Where a hold stands; all but HELD are final.",
        "HELD" | "RELEASED" | "KILLED" | "TIMED_OUT" | "SUPERSEDED";
    Severity: "How bad a violation is.", "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";
    ViolationStatus: "Whether a person has dealt with a violation.", "OPEN" | "RESOLVED";
    ViolationType: "What was violated.",
        "SGP_VIOLATION" | "CHAM_VIOLATION" | "TENANT_POLICY_VIOLATION" | "AGENT_BLOCKED"
        | "NO_VALID_GRANT" | "GATE_FAILURE";
    PolicyType: "The eight types of policy.",
        "confidence_floor" | "environment_restriction" | "action_type_block" | "rate_limit"
        | "require_reasoning" | "grant_lifecycle" | "compliance_pack" | "time_window";
    PolicyScope: "Whom a policy is for.", "tenant" | "agent";
    KeyRole: "What a key is for.",
        "agent" | "client" | "architect" | "operator" | "viewer" | "member";
    PersonRole: "What a person is; each may all that those before it may.",
        "viewer" | "operator" | "architect";
    CallerKind: "What kind of caller.", "agent" | "client" | "person";
    Verb: "What a person wants to do.", "VIEW" | "DECIDE" | "CONFIGURE" | "ISSUE_CREDENTIAL";
    Effect: "What an entry does with what it covers.", "ALLOW" | "DENY";
    Choice: "What a person decides.", "approve" | "reject";
    LineChange: "What became of a line since the earlier decision.", "same" | "added" | "removed";
    StepUp: "Whose passkey is asked for when a critical action is approved.",
        "never" | "when_registered" | "always";
    Mode: "How the tenant is governed; AUDIT_ONLY always has an end.",
        "ENFORCED" | "AUDIT_ONLY";
    ScopeMode: "Whether an agent's policy may loosen a tenant-wide one of the same type.",
        "strict" | "override";
    AutonomyReset: "What breaking a principle costs an agent.",
        "off" | "raise_to_b" | "block_agent";
    Detector: "What kind of disagreement.",
        "tier_conflict" | "window_overlap" | "grant_vs_block" | "confidence_conflict"
        | "scope_ambiguity";
    Resolution: "Why the winner wins.", "more_restrictive" | "agent_scoped" | "newer";
    RecordType: "What a record tells.",
        "decision" | "escrow_outcome" | "permit_issued" | "permit_redeemed" | "outcome"
        | "tenant_created" | "agent_change" | "key_change" | "policy_change"
        | "tenant_policy_change" | "settings_change" | "violation_resolved"
        | "chain_acknowledged" | "escrow_escalated" | "decision_refused" | "person_change"
        | "group_change" | "permission_change" | "workspace_change" | "sign_in" | "elevation"
        | "tool_change" | "dry_run" | "server_change" | "scope_change" | "session_change"
        | "lease_asked" | "lease_granted" | "lease_ended" | "lease_unended"
        | "own_credential_change" | "attempt_refused";
    Access: "What may be done with a credential.", "read" | "write";
    SessionStatus: "Where a session stands: closing until its room is cleared.",
        "open" | "closing" | "closed";
    LeaseStage: "How far a lease is; all but ended live, or may.",
        "asked" | "granted" | "ending" | "fading" | "ended";
    BudgetUnit: "What a budget counts.", "usd" | "gpu_hours";
    BudgetSpan: "Over which time a budget counts.", "day" | "month";
    Weekday: "A weekday.",
        "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
    ExportFormat: "The format of an export.", "jsonl" | "csv" | "ocsf" | "cef";
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_firewall::{
        access, approval, batch, hold, kept_lease, scope, session, settings, sight, violation,
    };
    use portcullis_policy::{cham, conflict, facts, rules, tier};

    #[track_caller]
    fn same<T: serde::Serialize>(words: &[&str], all: &[T]) {
        let written: Vec<String> = all
            .iter()
            .map(|one| {
                serde_json::to_value(one)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert_eq!(written, words);
    }

    #[test]
    fn the_documented_words_are_the_written_ones() {
        use tier::{Tier as T, Verdict as V};
        same(Verdict::WORDS, &[V::Cleared, V::Held, V::Blocked]);
        same(Tier::WORDS, &[T::A, T::B, T::C, T::X]);
        use facts::AgentStatus as A;
        same(
            AgentStatus::WORDS,
            &[
                A::Active,
                A::Paused,
                A::Blocked,
                A::Deregistered,
                A::IdentityRevoked,
            ],
        );
        use hold::HoldStatus as H;
        same(
            HoldStatus::WORDS,
            &[H::Held, H::Released, H::Killed, H::TimedOut, H::Superseded],
        );
        use cham::Severity as S;
        same(Severity::WORDS, &[S::Low, S::Medium, S::High, S::Critical]);
        use violation::ViolationStatus as O;
        same(ViolationStatus::WORDS, &[O::Open, O::Resolved]);
        use violation::ViolationKind as K;
        same(
            ViolationType::WORDS,
            &[
                K::SgpViolation,
                K::ChamViolation,
                K::TenantPolicyViolation,
                K::AgentBlocked,
                K::NoValidGrant,
                K::GateFailure,
            ],
        );
        same(
            Mode::WORDS,
            &[facts::Mode::Enforced, facts::Mode::AuditOnly],
        );
        same(
            ScopeMode::WORDS,
            &[rules::ScopeMode::Strict, rules::ScopeMode::Override],
        );
    }

    #[test]
    fn so_are_those_about_people_and_disagreements() {
        use settings::AutonomyReset as R;
        same(AutonomyReset::WORDS, &[R::Off, R::RaiseToB, R::BlockAgent]);
        use access::{Effect as E, Verb as W};
        same(Effect::WORDS, &[E::Allow, E::Deny]);
        same(Verb::WORDS, &W::ALL);
        use approval::Choice as C;
        same(Choice::WORDS, &[C::Approve, C::Reject]);
        use settings::StepUp as U;
        same(StepUp::WORDS, &[U::Never, U::WhenRegistered, U::Always]);
        use sight::Change as L;
        same(LineChange::WORDS, &[L::Same, L::Added, L::Removed]);
        use conflict::Detector as D;
        same(
            Detector::WORDS,
            &[
                D::TierConflict,
                D::WindowOverlap,
                D::GrantVsBlock,
                D::ConfidenceConflict,
                D::ScopeAmbiguity,
            ],
        );
        use conflict::Resolution as N;
        same(
            Resolution::WORDS,
            &[N::MoreRestrictive, N::AgentScoped, N::Newer],
        );
        same(Access::WORDS, &[scope::Mode::Read, scope::Mode::Write]);
        use session::SessionStatus as At;
        same(SessionStatus::WORDS, &[At::Open, At::Closing, At::Closed]);
        use kept_lease::LeaseStage as Far;
        same(
            LeaseStage::WORDS,
            &[
                Far::Asked,
                Far::Granted,
                Far::Ending,
                Far::Fading,
                Far::Ended,
            ],
        );
        let kinds: Vec<&str> = batch::RecordKind::ALL
            .iter()
            .map(|kind| kind.as_str())
            .collect();
        assert_eq!(kinds, RecordType::WORDS);
    }
}
