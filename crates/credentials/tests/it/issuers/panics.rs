//! Issuers that panic halfway, with a secret in their hands: nobody sees it, and what they minted is
//! found and ended.

use super::{
    Counterpart, Desk,
    desk::Now,
    postgres::Shop,
    remote::{About, Remote},
    remotes::{Aws, Cluster, Exchange, GitHub, Google},
};
use jiff::Timestamp;
use portcullis_credentials::{CourierSettings, HttpCourier, Secrets, issuer::Tools};
use portcullis_firewall::{
    lease::LeaseAsk,
    outside::{Arrival, Awaited, Courier, Delivery, Line, Parcel, Reach},
    ports::{Clock, Entropy, EntropyError, Issuer as _},
    scope::Mode,
};
use portcullis_testkit::{
    SeededEntropy,
    planted::{Log, must_hide},
};
use std::{
    panic,
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Behind what secrets stand, in the answers of all these providers.
const KEYS: [&str; 4] = [
    "<SecretAccessKey>",
    "<SessionToken>",
    "oken\": \"",
    "oken\":\"",
];

/// What every panic of this process said.
static SAID: Mutex<String> = Mutex::new(String::new());
static LISTEN: Once = Once::new();

fn listen() {
    LISTEN.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            SAID.lock().unwrap().push_str(&what.to_string());
            before(what);
        }));
    });
}

/// Hears secrets, and says nothing of them.
#[derive(Clone, Default)]
struct Ears(Arc<Mutex<Vec<String>>>);

impl Ears {
    fn hear(&self, secrets: impl IntoIterator<Item = String>) {
        self.0.lock().unwrap().extend(secrets);
    }
}

impl std::fmt::Debug for Ears {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ears")
    }
}

/// Counts down, and panics at the end.
#[derive(Debug)]
struct Fuse(AtomicUsize);

impl Fuse {
    fn of(nth: usize) -> Arc<Self> {
        Arc::new(Self(AtomicUsize::new(nth)))
    }

    fn burn(&self) {
        let left = self.0.load(Ordering::SeqCst);
        self.0.store(left.wrapping_sub(1), Ordering::SeqCst);
        assert_ne!(left, 0, "on purpose");
    }
}

/// Carries calls, hears every secret that comes back, and panics once it has one.
#[derive(Debug)]
struct Breaks {
    courier: HttpCourier,
    fuse: Arc<Fuse>,
    heard: Ears,
}

impl Breaks {
    /// The parts of an answer that are secrets, by the keys of all these providers.
    fn hear(&self, delivery: &Delivery) {
        let text = String::from_utf8_lossy(&delivery.body);
        for key in KEYS {
            let values = text.split(key).skip(1);
            let values = values.filter_map(|rest| rest.split(['"', '<']).next());
            let secrets = values.filter(|value| value.len() > 15).map(str::to_owned);
            self.heard.hear(secrets);
        }
    }
}

impl Courier for Breaks {
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery> {
        Box::pin(async {
            let delivery = self.courier.send(parcel).await;
            delivery.iter().for_each(|delivery| self.hear(delivery));
            self.fuse.burn();
            delivery
        })
    }

    fn begin(&self, _: Parcel) -> Awaited<'_, Arrival> {
        panic!("issuers wait for whole answers")
    }

    fn dial<'a>(&'a self, _: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        panic!("issuers open no lines")
    }
}

/// The time, which panics when it is asked once too often.
#[derive(Debug)]
struct Stops(Arc<Fuse>);

impl Clock for Stops {
    fn now(&self) -> Timestamp {
        self.0.burn();
        Now.now()
    }
}

/// Randomness that is heard.
#[derive(Debug)]
struct Heard(SeededEntropy, Ears);

impl Entropy for Heard {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill(bytes)?;
        self.1.hear([hex::encode(bytes)]);
        Ok(())
    }
}

/// Mints and ends; whether it panicked.
async fn falls(desk: &Desk, ask: &LeaseAsk) -> bool {
    let (issuers, ask) = (Arc::clone(&desk.issuers), ask.clone());
    let task = tokio::spawn(async move {
        let minted = issuers.mint(&ask).await.unwrap();
        issuers.revoke(&ask, Some(&minted.handle)).await.unwrap();
    });
    let ended = task.await;
    let said = format!("{ended:?} {:?} {:?}", desk.issuers, desk.strongbox);
    SAID.lock().unwrap().push_str(&said);
    ended.is_err()
}

/// A panic behind each thing that an issuer waits for, one after the other.
async fn shows_nothing<C: Counterpart>(
    counterpart: C,
    fit: impl Fn(&mut Tools, &Arc<Fuse>, &Ears),
) {
    listen();
    let (log, _logged) = Log::listen();
    let heard = Ears::default();
    let before = counterpart.alive().await;
    let mut panics = 0;
    for nth in 0.. {
        let fuse = Fuse::of(nth);
        let desk = Desk::fitted(counterpart.provider(), None, |tools| {
            fit(tools, &fuse, &heard)
        });
        let ask = Desk::ask(&counterpart.scope(Mode::Write), Mode::Write);
        let fell = falls(&desk, &ask).await;
        fuse.0.store(usize::MAX, Ordering::SeqCst);
        let revoked = desk.issuers.revoke(&ask, None).await.unwrap();
        assert_eq!(desk.strongbox.live(), 0);
        if C::ENDS_WITHOUT_HANDLE {
            assert!(revoked.dead, "{revoked:?}");
            assert_eq!(counterpart.alive().await, before);
        }
        if !fell {
            break;
        }
        panics += 1;
    }
    assert!(panics > 0, "{}: it never panicked", C::NAME);
    let heard = heard.0.lock().unwrap();
    let said = SAID.lock().unwrap().clone();
    assert!(!heard.is_empty(), "{}: nothing was minted", C::NAME);
    for secret in heard.iter() {
        must_hide("what is said", &said, secret);
        must_hide("the log", &log.text(), secret);
    }
}

async fn at<A: About>() {
    shows_nothing(Remote::<A>::start(), |tools, fuse, heard| {
        let secrets = Secrets::with(tools.strongbox.clone());
        tools.courier = Arc::new(Breaks {
            courier: HttpCourier::new(&CourierSettings::default(), secrets).unwrap(),
            fuse: Arc::clone(fuse),
            heard: heard.clone(),
        });
    })
    .await;
}

#[tokio::test]
async fn sessions_at_aws() {
    at::<Aws>().await;
}

#[tokio::test]
async fn service_accounts_of_a_cluster() {
    at::<Cluster>().await;
}

#[tokio::test]
async fn tokens_that_are_exchanged() {
    at::<Exchange>().await;
}

#[tokio::test]
async fn tokens_of_github() {
    at::<GitHub>().await;
}

#[tokio::test]
async fn tokens_of_google() {
    at::<Google>().await;
}

#[tokio::test]
async fn roles_of_a_database() {
    shows_nothing(Shop::open().await, |tools, fuse, heard| {
        let entropy = SeededEntropy::new(u64::from(std::process::id()) + 1);
        tools.entropy = Arc::new(Heard(entropy, heard.clone()));
        tools.clock = Arc::new(Stops(Arc::clone(fuse)));
    })
    .await;
}
