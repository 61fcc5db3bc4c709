//! The smallest configuration about which both still disagree.

use crate::{
    Found, cedar, compare,
    gate::{self, Decider},
    world::{Given, Request},
};

/// Takes away whatever can go.
pub(crate) fn smallest(mut given: Given, mut request: Request, gate: Decider) -> (Given, Request) {
    while let Some(next) = smaller(&given, &request)
        .into_iter()
        .find(|(given, request)| {
            let one = std::slice::from_ref(request);
            matches!(compare(given, one, gate), Err(Found::Disagreement(_)))
        })
    {
        (given, request) = next;
    }
    (given, request)
}

/// Everything that is smaller by one thing.
fn smaller(given: &Given, request: &Request) -> Vec<(Given, Request)> {
    let mut all = Vec::new();
    let mut without = |change: &dyn Fn(&mut Given)| {
        let mut less = given.clone();
        change(&mut less);
        all.push((less, request.clone()));
    };
    for n in 0..given.grants.len() {
        without(&|less| drop(less.grants.remove(n)));
    }
    for (n, set) in given.sets.iter().enumerate() {
        without(&|less| drop(less.sets.remove(n)));
        for (m, entry) in set.entries.iter().enumerate() {
            without(&|less| drop(less.sets[n].entries.remove(m)));
            for k in 0..entry.agents.len() {
                without(&|less| drop(less.sets[n].entries[m].agents.remove(k)));
            }
            for k in 0..entry.scopes.len() {
                without(&|less| drop(less.sets[n].entries[m].scopes.remove(k)));
            }
        }
    }
    let nameless = [
        Request {
            agent: None,
            ..request.clone()
        },
        Request {
            scope: None,
            ..request.clone()
        },
    ];
    let named = [request.agent.is_some(), request.scope.is_some()];
    let less = nameless.into_iter().zip(named).filter(|(_, named)| *named);
    all.extend(less.map(|(less, _)| (given.clone(), less)));
    all
}

/// A disagreement, to be read by a person.
pub(crate) fn described(given: &Given, request: &Request) -> String {
    let one = std::slice::from_ref(request);
    let word = |answer: Result<Vec<bool>, String>| match answer.as_deref() {
        Ok([true]) => "granted".to_owned(),
        Ok(_) => "refused".to_owned(),
        Err(error) => error.to_owned(),
    };
    let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
    format!(
        "the gate and Cedar disagree\n  asked: {}\n  the gate: {}\n  Cedar: {}\n  given: {}",
        json(serde_json::to_string(request)),
        word(gate::decide(given, one)),
        word(cedar::decide(given, one)),
        json(serde_json::to_string_pretty(given)),
    )
}
