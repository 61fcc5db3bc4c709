//! What an action rests on when it names one of the gate's sessions, against a plain reading.

use crate::{
    judge_generated::{a_world, all_policies, an_action, scope_mode},
    judge_world::{World, action, judged, rules, rules_in},
};
use portcullis_policy::{
    action::Action,
    code::Code,
    facts::{Reach, Session},
    id::{ScopeName, SessionId},
    label::Label,
    tier::{RiskTier, Verdict},
};
use proptest::{
    option,
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
};

fn a_session() -> impl Strategy<Value = Option<Session>> {
    let environment = prop_oneof![Just("production"), Just("staging")];
    let reach = (environment, any::<bool>()).prop_map(|(environment, write)| Reach {
        environment: Label::new(environment),
        write,
    });
    let session = (any::<bool>(), option::of(reach));
    option::of(session.prop_map(|(open, scope)| Session { open, scope }))
}

fn named() -> impl Strategy<Value = (Option<SessionId>, Option<ScopeName>)> {
    let session = prop_oneof![Just("ses_1"), Just("ticket-17"), Just("SES_1"), Just("ses")];
    let session = session.prop_map(|id| SessionId::new(id).unwrap());
    let scope = Just(ScopeName::new("cluster").unwrap());
    (option::of(session), option::of(scope))
}

/// What stands against an action, read as the words say.
fn plainly(action: &Action, session: Option<&Session>, risk: RiskTier) -> Vec<Code> {
    let ours = action
        .session
        .as_ref()
        .is_some_and(|id| id.as_str().starts_with("ses_"));
    match (ours, &action.scope, session) {
        (false, None, _) => vec![],
        (false, Some(_), _) => vec![Code::SessionMissing],
        (true, _, None) => vec![Code::StageFailed],
        (true, _, Some(session)) if !session.open => vec![Code::SessionNotOpen],
        (true, None, Some(_)) => vec![],
        (true, Some(_), Some(session)) => match &session.scope {
            None => vec![Code::ScopeNotHeld],
            Some(reach) => {
                let elsewhere = reach.environment != action.environment;
                let too_much = risk >= RiskTier::LowWrite && !reach.write;
                [
                    elsewhere.then_some(Code::ScopeEnvironment),
                    too_much.then_some(Code::ScopeReadOnly),
                ]
                .into_iter()
                .flatten()
                .collect()
            }
        },
    }
}

const OWN: [Code; 6] = [
    Code::SessionMissing,
    Code::SessionNotOpen,
    Code::ScopeNotHeld,
    Code::ScopeEnvironment,
    Code::ScopeReadOnly,
    Code::StageFailed,
];

proptest! {
    #[test]
    fn a_session_is_read_as_the_words_say_and_takes_nothing_back(
        (action, world) in (an_action(), a_world()),
        (policies, mode) in (all_policies(), scope_mode()),
        ((id, scope), session) in (named(), a_session()),
    ) {
        let rules = rules_in(mode, policies);
        let bare = World { session: None, ..world.clone() };
        let before = judged(&rules, &action, &bare, |judgement| judgement.verdict);
        let action = Action { session: id, scope, ..action };
        let world = World { session: session.clone(), ..world };
        let (verdict, risk, found) = judged(&rules, &action, &world, |judgement| {
            let found: Vec<Code> = judgement.reasons.iter().map(|reason| reason.code).collect();
            (judgement.verdict, judgement.risk, found)
        });
        let wanted = plainly(&action, session.as_ref(), risk);
        for code in &wanted {
            prop_assert!(found.contains(code), "{code} is missing");
        }
        for code in found.iter().filter(|code| OWN.contains(code)) {
            prop_assert!(wanted.contains(code) || *code == Code::StageFailed, "{code} is too much");
        }
        if wanted.is_empty() {
            prop_assert_eq!(verdict, before);
        } else {
            prop_assert_eq!(verdict, Verdict::Blocked);
        }
    }
}

#[test]
fn only_what_rests_on_a_session_asks_for_one() {
    let rules = rules(Vec::new());
    let needs = |action: &Action| rules.needs(action, World::default().now).session;
    let plain = action("query");
    assert_eq!(needs(&plain), None);
    let word = Action {
        session: Some(SessionId::new("ticket-17").unwrap()),
        ..plain.clone()
    };
    assert_eq!(needs(&word), None);
    let ours = Action {
        session: Some(SessionId::new("ses_1").unwrap()),
        ..plain
    };
    assert_eq!(needs(&ours), Some(Label::new("production")));
}
