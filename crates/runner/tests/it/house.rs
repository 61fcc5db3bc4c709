//! Rooms of two sessions, and commands in one of them.

use crate::launcher::Programs;
use portcullis_firewall::{
    digest::ActionDigest,
    firewall::Screens,
    freeze::freeze,
    lease::InHand,
    order::{Effect, Order},
    outside::Launcher,
    ports::{Executor, Rooms as _},
};
use portcullis_policy::{
    action::Action,
    id::{SessionId, TenantId},
};
use portcullis_runner::{
    Commands, Offer, Rooms, Settings, commands::Ports, plan::Wall, walls::KEEPER,
};
use portcullis_screen::secrets::{Level, Secrets};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// What must not be reached.
pub(crate) const CANARY: &str = "the-canary-of-another-session";
/// What is to be redacted.
pub(crate) const SECRET: &str = "planted-marker-4711-abcdef";

pub(crate) const MINE: &str = "mine";
pub(crate) const OTHER: &str = "other";

/// The walls that stand in the kernel's namespaces.
pub(crate) const NAMESPACES: [Wall; 7] = [
    Wall::Users,
    Wall::Mounts,
    Wall::Processes,
    Wall::OwnProc,
    Wall::Network,
    Wall::Ipc,
    Wall::HostName,
];

pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) launcher: Arc<dyn Launcher>,
    offer: Offer,
}

static OFFER: OnceCell<Offer> = OnceCell::const_new();

impl House {
    pub(crate) async fn new() -> Self {
        let secrets = HashMap::from([("lease:1/secret".to_owned(), SECRET.to_owned())]);
        Self::with(Arc::new(Programs { secrets })).await
    }

    pub(crate) async fn with(launcher: Arc<dyn Launcher>) -> Self {
        let folder = TempDir::new().expect("a folder");
        // Where the gate is root, its sessions are others, and pass through.
        let passable = fs::Permissions::from_mode(0o711);
        fs::set_permissions(folder.path(), passable).expect("its rights");
        let rooms = Arc::new(Rooms::at(&folder.path().join("rooms")).expect("rooms"));
        let look = async {
            let look = Offer::look(&Programs::default(), &walls(), &rooms).await;
            look.expect("an offer")
        };
        let offer = OFFER.get_or_init(|| look).await.clone();
        let house = Self {
            folder,
            rooms,
            launcher,
            offer,
        };
        for session in [MINE, OTHER] {
            let opened = house.rooms.open(&tenant(), &self::session(session)).await;
            opened.expect("a room");
        }
        house.plant();
        house
    }

    /// Puts the canary where rights alone would let everybody get at it.
    fn plant(&self) {
        let home = self.home(OTHER);
        for folder in [home.parent().expect("a room"), &home] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("its rights");
        }
        fs::write(self.canary(), CANARY).expect("a canary");
        let open = fs::Permissions::from_mode(0o666);
        fs::set_permissions(self.canary(), open).expect("its rights");
    }

    pub(crate) fn canary(&self) -> PathBuf {
        self.home(OTHER).join("canary")
    }

    pub(crate) fn room(&self, session: &str) -> PathBuf {
        let root = fs::canonicalize(self.folder.path()).expect("a folder");
        root.join(format!("rooms/t-{}/s-{session}", tenant()))
    }

    pub(crate) fn home(&self, session: &str) -> PathBuf {
        self.room(session).join("home")
    }

    /// What the machine offers, and less and less of it: each must hold alone.
    pub(crate) fn standings(&self) -> Vec<(&'static str, Offer)> {
        let without = |more: &[Wall]| {
            let lacking = Wall::ALL.into_iter().filter_map(|wall| {
                let missing = self.offer.lacks(wall).map(str::to_owned);
                let left_out = NAMESPACES.contains(&wall) || more.contains(&wall);
                Some((wall, missing.or_else(|| left_out.then(String::new))?))
            });
            Offer::without(lacking.collect::<BTreeMap<_, _>>())
        };
        vec![
            ("every wall there is", self.offer.clone()),
            ("no namespaces", without(&[])),
            ("the least", without(&[Wall::Scopes, Wall::Ports])),
        ]
    }

    pub(crate) fn offer(&self) -> &Offer {
        &self.offer
    }

    pub(crate) fn ports(&self) -> Ports {
        Ports {
            launcher: Arc::clone(&self.launcher),
            screens: marked(),
            rooms: Arc::clone(&self.rooms),
        }
    }

    pub(crate) fn commands(&self, offer: &Offer, change: impl FnOnce(&mut Settings)) -> Commands {
        let mut settings = Settings {
            launcher: walls(),
            spare_bytes: 0,
            ..Settings::default()
        };
        change(&mut settings);
        Commands::new(settings, offer, self.ports())
    }

    /// Runs one command behind what the machine offers.
    pub(crate) async fn run(&self, argv: &[&str]) -> Effect {
        let commands = self.commands(&self.offer, |_| {});
        commands.execute(order(json!({ "argv": argv }))).await
    }

    /// Runs a command without walls in the same folder, and behind each standing of walls: the
    /// first must say the canary, for else the attempt is none, and the others must not.
    pub(crate) async fn must_hold(&self, argv: &[&str]) {
        let bare = bare(argv, &self.home(MINE));
        assert!(bare.contains(CANARY), "no attempt without walls: {bare}");
        assert!(bare.contains("tried"), "it did not come to its end: {bare}");
        for (name, offer) in self.standings() {
            let said = self.behind(&offer, argv).await;
            assert!(!said.contains(CANARY), "{name}: {said}");
            assert!(said.contains("tried"), "{name}: {said}");
        }
    }

    /// What a command says behind walls, which must stand.
    pub(crate) async fn behind(&self, offer: &Offer, argv: &[&str]) -> String {
        let effect = self.effect_behind(offer, argv).await;
        assert!(
            !effect.summary.contains("was not run"),
            "{}",
            effect.summary
        );
        text(&effect)
    }

    pub(crate) async fn effect_behind(&self, offer: &Offer, argv: &[&str]) -> Effect {
        let commands = self.commands(offer, |_| {});
        commands.execute(order(json!({ "argv": argv }))).await
    }
}

/// What a command says without walls.
pub(crate) fn bare(argv: &[&str], folder: &Path) -> String {
    let output = Command::new(argv[0])
        .args(&argv[1..])
        .env_clear()
        .env("PATH", Settings::default().path)
        .current_dir(folder)
        .output()
        .expect("an end");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}

/// The launcher, which is built with the tests.
pub(crate) fn walls() -> Vec<String> {
    let here = env::current_exe().expect("a path");
    let built = here.parent().and_then(Path::parent).expect("a folder");
    let path = built.join("examples/walls");
    assert!(
        path.exists(),
        "build the examples too: `cargo test -p portcullis-runner`"
    );
    vec![path.display().to_string(), KEEPER.to_owned()]
}

thread_local! {
    /// A tenant for each test, so that the users of its sessions are nobody else's.
    static TENANT: TenantId = {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        TenantId::new(&format!("acme-{}-{number}", std::process::id())).expect("an id")
    };
}

pub(crate) fn tenant() -> TenantId {
    TENANT.with(TenantId::clone)
}

pub(crate) fn session(name: &str) -> SessionId {
    SessionId::new(name).expect("an id")
}

pub(crate) fn order(parameters: Value) -> Order {
    order_in(Some(MINE), parameters)
}

pub(crate) fn order_in(session: Option<&str>, parameters: Value) -> Order {
    let parameters: Map<String, Value> = serde_json::from_value(parameters).expect("an object");
    let action: Action = serde_json::from_value(json!({
        "tenant": tenant(), "agent": "bot", "session": session, "kind": "command.run",
        "target": "shell", "environment": "staging", "parameters": parameters,
    }))
    .expect("an action");
    let frozen = freeze(action, portcullis_firewall::digest::Nonce::new([7; 16])).expect("frozen");
    let digest: ActionDigest = frozen.digest;
    Order {
        tenant: tenant(),
        agent: frozen.action.agent.clone(),
        seq: 1,
        digest,
        action_type: "command.run".to_owned(),
        target: "shell".to_owned(),
        environment: "staging".to_owned(),
        parameters,
        action: frozen.bytes,
        idempotency_key: Order::key_of(&tenant(), 1, &digest),
        expected_rows: None,
        work: None,
        lease: None,
        live: None,
    }
}

pub(crate) fn leased(mut order: Order, lease: InHand) -> Order {
    order.lease = Some(lease);
    order
}

/// Screens that know one secret.
fn marked() -> Screens {
    let (screens, mut secrets) = (Screens::default(), Secrets::new());
    secrets.add(SECRET).expect("a secret");
    let known = screens.know(&tenant(), Level::Global, &secrets);
    known.expect("a screen");
    screens
}

pub(crate) fn text(effect: &Effect) -> String {
    String::from_utf8(effect.output.clone()).expect("text")
}

/// The processes of the machine whose words have something in them.
pub(crate) fn running_with(words: &str) -> usize {
    let mut count = 0;
    for entry in fs::read_dir("/proc").expect("a list").flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        count += usize::from(line.contains(words));
    }
    count
}
