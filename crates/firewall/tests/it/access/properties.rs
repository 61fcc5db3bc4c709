//! What holds for every person and every thing.

use super::{
    reference,
    world::{Line, any_line, any_person, any_thing, any_verb, may, rights},
};
use portcullis_firewall::access::{Pattern, Resource, Rights, Verb};
use proptest::{collection::vec, prelude::*};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_rights_agree_with_the_plain_evaluator(
        person in any_person(),
        asks in vec((any_verb(), any_thing()), 16),
    ) {
        let rights = rights(&person);
        for (verb, thing) in asks {
            prop_assert_eq!(
                may(&rights, verb, &thing),
                reference::may(&person, verb, &thing),
                "{} {:?}", verb, thing
            );
        }
    }

    #[test]
    fn who_reaches_everything_reaches_each_thing(
        person in any_person(),
        verb in any_verb(),
        things in vec(any_thing(), 16),
    ) {
        let rights = rights(&person);
        let each = things.iter().all(|thing| may(&rights, verb, thing));
        prop_assert!(each || !rights.reach_all(verb));
    }

    #[test]
    fn a_deny_more_never_opens_anything(
        person in any_person(),
        line in any_line(),
        verb in any_verb(),
        thing in any_thing(),
    ) {
        let before = may(&rights(&person), verb, &thing);
        let mut more = person;
        more.sets.push(vec![Line { deny: true, ..line }]);
        prop_assert!(before || !may(&rights(&more), verb, &thing));
    }

    #[test]
    fn an_allow_more_never_closes_anything(
        person in any_person(),
        line in any_line(),
        verb in any_verb(),
        thing in any_thing(),
    ) {
        let before = may(&rights(&person), verb, &thing);
        let mut more = person;
        more.sets.push(vec![Line { deny: false, ..line }]);
        prop_assert!(!before || may(&rights(&more), verb, &thing));
    }

    #[test]
    fn deactivating_a_person_takes_everything(
        mut person in any_person(),
        verb in any_verb(),
        thing in any_thing(),
    ) {
        person.active = false;
        prop_assert!(!may(&rights(&person), verb, &thing));
    }

    #[test]
    fn order_and_repetition_do_not_matter(
        person in any_person(),
        verb in any_verb(),
        thing in any_thing(),
    ) {
        let mut other = person.clone();
        other.sets.extend(person.sets.iter().cloned());
        other.sets.reverse();
        other.sets.iter_mut().for_each(|lines| lines.reverse());
        other.grants.extend(person.grants.iter().copied());
        other.grants.reverse();
        prop_assert_eq!(may(&rights(&person), verb, &thing), may(&rights(&other), verb, &thing));
    }
}

proptest! {
    // Compiling takes time.
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_pattern_that_is_accepted_matches_whole_names_only(
        body in "[a-c.*|()?^$+\\[\\]\\\\#{}0-9x:-]{1,12}",
        name in "[a-c1x\n]{0,4}",
    ) {
        if let Ok(pattern) = Pattern::new(&format!("regex:{body}")) {
            // Nothing that the expression can say reaches beyond the sign that it never names.
            let beyond = format!("\u{2}{name}\u{2}");
            let shorter = Pattern::new(&format!("regex:(?:{body})")).expect("a group around it");
            prop_assert_eq!(pattern.matches(&name), shorter.matches(&name));
            let dotted = pattern.matches(&beyond);
            prop_assert!(!dotted || body.contains(['.', '\\', '^']), "{}", body);
        }
    }
}

#[test]
fn nobody_may_nothing() {
    for verb in Verb::ALL {
        assert!(!Rights::default().may(verb, &Resource::default()));
    }
}
