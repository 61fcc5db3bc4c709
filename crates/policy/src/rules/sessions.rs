//! Layer 1: what an action rests on when it names one of the gate's sessions, or a scope.
//!
//! Source: DuploCloud AI Suite, "Scoped, Just-in-Time Credentials", "Read-Only by Default" and
//! "Environment Restrictions".

use crate::{
    action::Action,
    code::Code,
    facts::{Reach, Session},
    findings::Findings,
    judgement::{Detail, Source},
    label::Label,
    tier::RiskTier,
};
use std::borrow::Cow;

/// What must be known of a session; nothing for an action that rests on none.
pub(super) fn need(action: &Action) -> Option<Label> {
    action
        .rests_on_session()
        .then(|| action.environment.clone())
}

/// Checks that the action's session is open and has what the action needs of its scope. The risk
/// tier must be known by now.
///
/// A session that is not one of the gate's is the caller's own word, and has no scope.
///
/// *Fails closed:* a session that nothing is known of refuses.
pub(super) fn check(action: &Action, session: Option<&Session>, findings: &mut Findings<'_>) {
    if !action.rests_on_session() {
        return;
    }
    let named = action.session.as_ref();
    if !named.is_some_and(|session| session.is_the_gates()) {
        return refuse(findings, Code::SessionMissing);
    }
    let Some(session) = session else {
        let text = Cow::Borrowed("nothing is known of the session");
        let source = Source::Stage("session");
        return findings.refuse(Code::StageFailed, source, Detail::Text(text));
    };
    if !session.open {
        return refuse(findings, Code::SessionNotOpen);
    }
    if action.scope.is_none() {
        return;
    }
    match &session.scope {
        None => refuse(findings, Code::ScopeNotHeld),
        Some(reach) => check_reach(action, reach, findings),
    }
}

fn check_reach(action: &Action, reach: &Reach, findings: &mut Findings<'_>) {
    if reach.environment != action.environment {
        refuse(findings, Code::ScopeEnvironment);
    }
    if findings.risk >= RiskTier::LowWrite && !reach.write {
        refuse(findings, Code::ScopeReadOnly);
    }
}

fn refuse(findings: &mut Findings<'_>, code: Code) {
    findings.refuse(code, Source::Identity, Detail::None);
}
