//! Issuers that panic halfway with a secret in their hands, and providers whose answer never comes:
//! nobody sees it, and what was minted is found and ended.

use super::{
    Counterpart, Desk, PATIENCE,
    desk::Now,
    openbao::Bao,
    own::Place,
    postgres::Shop,
    remote::{About, Remote},
    remotes::{Aws, Cluster, Exchange, GitHub, Google},
    sealed::{Chest, EDITOR},
};
use jiff::Timestamp;
use portcullis_credentials::{
    CourierSettings, HttpCourier, Secrets, issuer::Tools, strongbox::Strongbox,
};
use portcullis_firewall::{
    firewall::Screens,
    lease::{LeaseAsk, LeaseError},
    outside::{Arrival, Awaited, Courier, Delivery, Line, OutsideError, Parcel, Reach},
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
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// Behind what secrets stand, in the answers of all these providers.
const KEYS: [&str; 5] = [
    "\"password\":\"",
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

/// What happens when a fuse has burned down.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Bang {
    /// A panic.
    Panic,
    /// An answer that never comes, of something that was done.
    Silence,
}

/// Counts down, and goes off once.
#[derive(Debug)]
struct Fuse(AtomicI64, Bang);

impl Fuse {
    fn burn(&self) -> Result<(), OutsideError> {
        if self.0.fetch_sub(1, Ordering::SeqCst) != 0 {
            return Ok(());
        }
        assert_ne!(self.1, Bang::Panic, "on purpose");
        Err(OutsideError::Unanswered {
            host: "here".to_owned(),
            why: "it takes too long".to_owned(),
        })
    }

    fn has_gone_off(&self) -> bool {
        self.0.load(Ordering::SeqCst) < 0
    }
}

/// Carries calls, hears every secret that comes back, and goes off once it has one.
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
            self.fuse.burn().and(delivery)
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
        self.0.burn().unwrap();
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

/// Mints and ends; whether both were done.
async fn works(desk: &Desk, ask: &LeaseAsk) -> bool {
    let (issuers, ask) = (Arc::clone(&desk.issuers), ask.clone());
    let task = tokio::spawn(async move {
        let minted = issuers.mint(&ask).await?;
        let revoked = issuers.revoke(&ask, Some(&minted.handle)).await?;
        Ok::<_, LeaseError>(revoked)
    });
    let ended = task.await;
    let said = format!("{ended:?} {:?} {:?}", desk.issuers, desk.strongbox);
    SAID.lock().unwrap().push_str(&said);
    matches!(ended, Ok(Ok(_)))
}

/// One bang behind each thing that an issuer waits for, one after the other.
async fn shows_nothing<C: Counterpart>(
    counterpart: &C,
    bang: Bang,
    open: impl Fn(&Arc<Fuse>, &Ears) -> (Desk, LeaseAsk),
) {
    listen();
    let (log, _logged) = Log::listen();
    let heard = Ears::default();
    let before = counterpart.alive().await;
    let mut failures = 0;
    for nth in 0.. {
        let fuse = Arc::new(Fuse(AtomicI64::new(nth), bang));
        let (desk, ask) = open(&fuse, &heard);
        failures += usize::from(!works(&desk, &ask).await);
        if !fuse.has_gone_off() {
            break;
        }
        let revoked = desk.issuers.revoke(&ask, None).await.unwrap();
        assert_eq!(desk.strongbox.live(), 0);
        if C::ENDS_WITHOUT_HANDLE {
            assert!(revoked.dead, "{revoked:?}");
            falls_to(counterpart, before).await;
        }
    }
    assert!(failures > 0, "{}: nothing ever failed", C::NAME);
    let heard = heard.0.lock().unwrap();
    let said = SAID.lock().unwrap().clone();
    assert!(!heard.is_empty(), "{}: nothing was minted", C::NAME);
    for secret in heard.iter() {
        must_hide("what is said", &said, secret);
        must_hide("the log", &log.text(), secret);
    }
}

/// Waits until no more than that is alive: OpenBao takes back what a token made after the token itself.
#[expect(
    clippy::disallowed_methods,
    reason = "a server of its own is waited for"
)]
async fn falls_to<C: Counterpart>(counterpart: &C, before: usize) {
    let began = std::time::Instant::now();
    while counterpart.alive().await != before {
        assert!(began.elapsed() < PATIENCE, "something is still alive");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Has calls carried by what goes off.
fn carry(tools: &mut Tools, fuse: &Arc<Fuse>, heard: &Ears) {
    let secrets = Secrets::with(tools.strongbox.clone());
    tools.courier = Arc::new(Breaks {
        courier: HttpCourier::new(&CourierSettings::default(), secrets).unwrap(),
        fuse: Arc::clone(fuse),
        heard: heard.clone(),
    });
}

/// A provider that is called: its issuer panics, and its answer never comes.
async fn over_http<C: Counterpart>(counterpart: &C) {
    for bang in [Bang::Panic, Bang::Silence] {
        shows_nothing(counterpart, bang, |fuse, heard| {
            let fit = |tools: &mut Tools| carry(tools, fuse, heard);
            let desk = Desk::fitted(counterpart.provider(), None, fit);
            let ask = Desk::ask(&counterpart.scope(Mode::Write), Mode::Write);
            (desk, ask)
        })
        .await;
    }
}

async fn at<A: About>() {
    over_http(&Remote::<A>::start()).await;
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
async fn secrets_of_openbao() {
    over_http(&Bao::open().await).await;
}

#[tokio::test]
async fn roles_of_a_database() {
    let shop = Shop::open().await;
    shows_nothing(&shop, Bang::Panic, |fuse, heard| {
        let fit = |tools: &mut Tools| {
            let entropy = SeededEntropy::new(u64::from(std::process::id()) + 1);
            tools.entropy = Arc::new(Heard(entropy, heard.clone()));
            tools.clock = Arc::new(Stops(Arc::clone(fuse)));
        };
        let desk = Desk::fitted(shop.provider(), None, fit);
        let ask = Desk::ask(&shop.scope(Mode::Write), Mode::Write);
        (desk, ask)
    })
    .await;
}

/// Nothing is waited for there but the time, which is also asked while the secret is put away.
#[tokio::test]
async fn secrets_that_lie_sealed() {
    let chest = Chest::new();
    shows_nothing(&chest, Bang::Panic, |fuse, heard| {
        heard.hear([EDITOR.to_owned()]);
        let fit = |tools: &mut Tools| {
            let clock: Arc<dyn Clock> = Arc::new(Stops(Arc::clone(fuse)));
            tools.strongbox = Strongbox::new(Screens::default(), Arc::clone(&clock));
            tools.secrets = Secrets::with(tools.strongbox.clone());
            tools.clock = clock;
        };
        let desk = Desk::fitted(chest.provider(), None, fit);
        let ask = Desk::ask(&chest.scope(Mode::Write), Mode::Write);
        (desk, ask)
    })
    .await;
}

/// A person's own secret is taken out of its folder, and in the issuer's hands when that falls.
#[tokio::test]
async fn peoples_own_secrets() {
    let place = Place::<Cluster>::open();
    place.set();
    for bang in [Bang::Panic, Bang::Silence] {
        shows_nothing(&place.remote, bang, |fuse, heard| {
            heard.hear([place.secret("token").to_owned()]);
            let fit = |tools: &mut Tools| carry(tools, fuse, heard);
            let desk = Desk::fitted(place.shut(), Some(place.chest()), fit);
            (desk, place.ask(Mode::Write, Some("per_ada")))
        })
        .await;
    }
}
