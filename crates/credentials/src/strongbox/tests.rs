use super::{LINGER, MOST_LIVE, Strongbox};
use crate::secrets::Secrets;
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    firewall::Screens,
    lease::{LeaseAsk, LeaseError},
    outside::{Keyring as _, SecretName},
    ports::Clock as _,
};
use portcullis_testkit::{FakeClock, lease_ask, scope, tenant};
use std::{sync::Arc, time::Duration};
use zeroize::Zeroizing;

struct Safe {
    strongbox: Strongbox,
    screens: Screens,
    clock: Arc<FakeClock>,
}

impl Safe {
    fn new() -> Self {
        let (screens, clock) = (Screens::default(), Arc::new(FakeClock::default()));
        Self {
            strongbox: Strongbox::new(screens.clone(), Arc::<FakeClock>::clone(&clock) as _),
            screens,
            clock,
        }
    }

    fn keep(&self, ask: &LeaseAsk, value: &str) -> Result<SecretName, LeaseError> {
        let bytes = Zeroizing::new(value.as_bytes().to_vec());
        let names = self
            .strongbox
            .keep(ask, vec![("token".to_owned(), bytes)])?;
        Ok(names[0].1.clone())
    }

    fn shows(&self, name: &str, text: &str) -> bool {
        let screen = self.screens.of(&tenant(name)).unwrap();
        screen.redact(text).text == text
    }
}

fn ask(name: &str, number: usize) -> LeaseAsk {
    LeaseAsk {
        tenant: tenant(name),
        ..lease_ask(scope(), number, FakeClock::default().now())
    }
}

#[test]
fn what_is_kept_is_read_by_those_who_know_of_it_and_hidden_in_its_tenants_texts() {
    let safe = Safe::new();
    let name = safe.keep(&ask("acme", 1), "a-minted-token").unwrap();
    assert_eq!(name.as_str(), format!("lease:lse_{:032x}/token", 1));
    let knowing = Secrets::with(safe.strongbox.clone());
    assert!(knowing.mac(&name, b"m").is_ok());
    assert!(Secrets::new().mac(&name, b"m").is_err());
    for absent in ["lease:lse_1/token", "lease:", "lease:~0", "lease:a/b/c"] {
        assert!(knowing.mac(&SecretName::new(absent), b"m").is_err());
    }
    assert!(!safe.shows("acme", "it is a-minted-token"));
    assert!(safe.shows("other", "it is a-minted-token"));
    let said = format!("{:?} {knowing:?} {name:?}", safe.strongbox);
    assert!(!said.contains("a-minted-token"), "{said}");
}

#[test]
fn what_is_forgotten_cannot_be_used_and_is_hidden_a_while() {
    let safe = Safe::new();
    let one = ask("acme", 1);
    let name = safe.keep(&one, "a-minted-token").unwrap();
    assert!(!safe.strongbox.has_ended(&one));
    safe.strongbox.forget(&one, None);
    assert!(safe.strongbox.has_ended(&one));
    assert_eq!(safe.strongbox.live(), 0);
    assert!(
        Secrets::with(safe.strongbox.clone())
            .mac(&name, b"m")
            .is_err()
    );
    for number in 2..2 + LINGER {
        let next = ask("acme", number);
        safe.keep(&next, &format!("minted-token-{number}")).unwrap();
        assert!(!safe.shows("acme", "it is a-minted-token"));
        safe.strongbox.forget(&next, None);
    }
    safe.keep(&ask("acme", 100), "another-token").unwrap();
    assert!(safe.shows("acme", "it is a-minted-token"));
    // Once more is nothing more.
    safe.strongbox.forget(&one, None);
}

#[test]
fn what_lives_elsewhere_is_hidden_until_it_expires() {
    let safe = Safe::new();
    let until = safe.clock.now() + SignedDuration::from_hours(1);
    let one = ask("acme", 1);
    safe.keep(&one, "a-minted-token").unwrap();
    safe.strongbox.forget(&one, Some(until));
    assert!(!safe.strongbox.has_ended(&one));
    let often = ask("acme", 2);
    for _ in 0..3 {
        safe.keep(&often, "one and the same").unwrap();
        safe.strongbox.forget(&often, Some(Timestamp::MAX));
    }
    let pass = |from: usize| {
        for number in from..=from + LINGER {
            let next = ask("acme", number);
            safe.keep(&next, &format!("minted-token-{number}")).unwrap();
            safe.strongbox.forget(&next, None);
        }
        safe.keep(&ask("acme", 3), "another-token").unwrap();
    };
    pass(10);
    assert!(!safe.shows("acme", "it is a-minted-token"));
    safe.clock.advance(Duration::from_secs(3_601));
    pass(100);
    assert!(safe.shows("acme", "it is a-minted-token"));
    assert!(!safe.shows("acme", "it is one and the same"));
}

#[test]
fn what_was_forgotten_first_and_ended_then_is_dead() {
    let safe = Safe::new();
    let one = ask("acme", 1);
    safe.keep(&one, "a-minted-token").unwrap();
    safe.strongbox.forget(&one, Some(one.ends_at));
    assert_eq!(safe.strongbox.live(), 0);
    assert!(!safe.strongbox.has_ended(&one));
    safe.strongbox.forget(&one, None);
    assert!(safe.strongbox.has_ended(&one));
    for number in 2..=2 + LINGER {
        let next = ask("acme", number);
        safe.keep(&next, &format!("minted-token-{number}")).unwrap();
        safe.strongbox.forget(&next, None);
    }
    safe.keep(&ask("acme", 100), "another-token").unwrap();
    assert!(safe.shows("acme", "it is a-minted-token"));
}

#[test]
fn what_cannot_be_hidden_is_not_kept() {
    let safe = Safe::new();
    for value in ["short", &"x".repeat(9_000)] {
        let refused = safe.keep(&ask("acme", 1), value).unwrap_err();
        assert_eq!(refused.code(), "lease.refused");
        assert!(!refused.to_string().contains(value));
    }
    assert_eq!(safe.strongbox.live(), 0);
}

#[test]
fn no_more_live_than_texts_can_be_looked_through_for() {
    let safe = Safe::new();
    {
        let mut shelf = safe.strongbox.shelf_mut();
        for number in 0..MOST_LIVE {
            let kept = super::Kept {
                tenant: tenant("acme"),
                parts: Vec::new(),
                known: super::Known::new(),
            };
            shelf.live.insert(number.to_string(), kept);
        }
    }
    let refused = safe.keep(&ask("acme", 1), "a-minted-token").unwrap_err();
    assert_eq!(refused.code(), "lease.too_much");
    assert!(safe.keep(&ask("other", 2), "a-minted-token").is_ok());
}

#[test]
fn what_is_lent_is_gone_with_its_loan() {
    let safe = Safe::new();
    let knowing = Secrets::with(safe.strongbox.clone());
    let lent = safe
        .strongbox
        .lend(Zeroizing::new(b"an assertion".to_vec()));
    let name = lent.name();
    assert!(knowing.mac(&name, b"m").is_ok());
    drop(lent);
    assert!(knowing.mac(&name, b"m").is_err());
}
