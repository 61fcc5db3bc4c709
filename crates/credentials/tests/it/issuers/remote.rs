//! Providers that run in Python, made of what their makers publish.

use super::{Counterpart, Deed, Stolen};
use crate::secrets::Safe;
use portcullis_credentials::{
    CourierSettings, HttpCourier, Secrets,
    issuer::{KINDS, Provider},
};
use portcullis_firewall::{
    outside::{Courier as _, Method, Parcel, Reach},
    scope::{Mode, Scope},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
};

/// A program that stops with the test.
pub(crate) struct Program {
    child: Child,
    said: BufReader<ChildStdout>,
    /// What it said at the start.
    pub(crate) told: Value,
    safes: BTreeMap<String, Safe>,
}

impl Program {
    pub(crate) fn start(script: &str) -> Self {
        Self::with(script, &[])
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "where the clients are is for the environment to say"
    )]
    pub(crate) fn with(script: &str, arguments: &[&str]) -> Self {
        let python = std::env::var("PORTCULLIS_PROVIDERS").unwrap_or_else(|_| {
            panic!("PORTCULLIS_PROVIDERS names no Python that has the providers: run `make test`")
        });
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/issuers/providers");
        let mut child = Command::new(python)
            .args(["-B", script])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut program = Self {
            child,
            said,
            told: Value::Null,
            safes: BTreeMap::new(),
        };
        program.told = program.hear();
        let secrets = program.told["secrets"].as_object().unwrap().clone();
        for (name, secret) in secrets {
            let safe = Safe::with(secret.as_str().unwrap().as_bytes());
            program.safes.insert(name, safe);
        }
        program
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Says a line and hears one.
    pub(crate) fn ask(&mut self, what: &Value) -> Value {
        let stdin = self.child.stdin.as_mut().unwrap();
        writeln!(stdin, "{what}").unwrap();
        self.hear()
    }

    pub(crate) fn address(&self) -> &str {
        self.told["address"].as_str().unwrap()
    }

    /// The settings with the secrets that it told, by their names.
    pub(crate) fn provider(&self, kind: &str, mut settings: Value) -> Arc<dyn Provider> {
        for (name, safe) in &self.safes {
            settings[name] = json!(safe.name());
        }
        let kind = KINDS.iter().find(|known| known.name == kind).unwrap();
        kind.read(&settings).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It ends, with what it has started, when nobody talks to it any more.
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// What one provider is.
pub(crate) trait About {
    const NAME: &'static str;
    const ENDS: bool = true;
    const ENDS_WITHOUT_HANDLE: bool = true;
    const KNOWS_THE_GATE: bool = true;
    const KIND: &'static str;
    const SCRIPT: &'static str;

    /// As its operator describes it, but for the secrets.
    fn settings(address: &str) -> Value;

    /// What a tenant makes of it.
    fn filters() -> Value;
}

/// A provider that runs.
pub(crate) struct Remote<A> {
    pub(crate) program: Program,
    about: std::marker::PhantomData<A>,
}

impl<A: About> Remote<A> {
    pub(crate) fn start() -> Self {
        Self {
            program: Program::start(A::SCRIPT),
            about: std::marker::PhantomData,
        }
    }

    pub(crate) async fn control(&self, what: &str, told: &Value) -> Value {
        let courier = HttpCourier::new(&CourierSettings::default(), Secrets::new()).unwrap();
        let parcel = Parcel {
            method: Method::Post,
            url: format!("{}/control/{what}", self.program.address()),
            headers: Vec::new(),
            body: told.to_string().into_bytes(),
            credential: None,
            reach: Reach::Anywhere,
        };
        let delivery = courier.send(parcel).await.unwrap();
        assert_eq!(delivery.status, 200, "{what}");
        serde_json::from_slice(&delivery.body).unwrap()
    }

    async fn count(&self, what: &str) -> usize {
        let count = self.control(what, &json!({})).await.as_u64().unwrap();
        usize::try_from(count).unwrap()
    }
}

impl<A: About> Counterpart for Remote<A> {
    const NAME: &'static str = A::NAME;
    const ENDS: bool = A::ENDS;
    const ENDS_WITHOUT_HANDLE: bool = A::ENDS_WITHOUT_HANDLE;
    const KNOWS_THE_GATE: bool = A::KNOWS_THE_GATE;

    fn provider(&self) -> Arc<dyn Provider> {
        let mut settings = A::settings(self.program.address());
        settings["reach"] = json!("anywhere");
        self.program.provider(A::KIND, settings)
    }

    fn scope(&self, mode: Mode) -> Scope {
        scope(mode, &A::filters())
    }

    async fn attempt(&self, stolen: &Stolen, deed: Deed) -> bool {
        let deed = match deed {
            Deed::Read => "read",
            Deed::Write => "write",
            Deed::Neighbour => "neighbour",
        };
        let told = json!({"deed": deed, "stolen": stolen});
        self.control("attempt", &told).await == json!(true)
    }

    async fn minted(&self) -> usize {
        self.count("minted").await
    }

    async fn exceed(&self) -> bool {
        self.control("exceed", &json!({})).await == json!(true)
    }

    async fn alive(&self) -> usize {
        self.count("alive").await
    }
}

/// A scope of the provider `here`.
pub(crate) fn scope(mode: Mode, filters: &Value) -> Scope {
    Scope {
        name: "orders".to_owned(),
        description: String::new(),
        provider: "here".to_owned(),
        environment: "staging".into(),
        mode,
        filters: filters.as_object().unwrap().clone(),
    }
}
