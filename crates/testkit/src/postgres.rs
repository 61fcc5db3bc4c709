//! A PostgreSQL of its own for a test binary, and a fresh database for each test.

use std::{
    fs,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};
use tempfile::TempDir;
use tokio::{net::TcpStream, task::JoinSet};
use tokio_postgres::{Client, Config, NoTls, config::SslMode};

/// Who owns everything there.
pub const OWNER: &str = "owner";
/// The owner's password.
pub const PASSWORD: &str = "correct-horse-battery-staple";

/// Asks for a minute whether the server is ready.
const READY: &str = r#"
for try in $(seq 600); do
    "$1" -q -h 127.0.0.1 -p "$2" && exit 0
    sleep 0.1
done
exit 1
"#;

/// Runs the server until its own input ends, which is when the test binary does; then it stops the
/// server at once and removes its folder.
const KEEPER: &str = r#"
folder=$1; shift
"$@" >"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server
wait $server
rm -rf "$folder"
"#;

/// A server on loopback, which lets nobody in without a password.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    fresh: AtomicU32,
    keeper: Child,
}

impl Postgres {
    /// The server of this test binary.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[], &[]))
    }

    /// A server with settings of its own, e.g. `ssl=on`, and with files in its folder.
    ///
    /// # Panics
    /// When there is no PostgreSQL here, or it does not start.
    #[must_use]
    pub fn start(settings: &[&str], files: &[(&str, &[u8])]) -> Self {
        let house = House::build();
        for (name, content) in files {
            house.write(name, content);
        }
        let port = free_port();
        let mut keeper = house.command(Path::new("/bin/sh"));
        keeper.args(["-c", KEEPER, "sh"]).arg(&house.folder);
        keeper.arg(house.programs.join("postgres"));
        keeper.arg("-D").arg(house.data());
        keeper.args(["-p", &port.to_string(), "-k", ""]);
        for setting in ["listen_addresses=127.0.0.1", "fsync=off"] {
            keeper.args(["-c", setting]);
        }
        for setting in settings {
            keeper.args(["-c", setting]);
        }
        // Not of this group, so that what ends the tests does not end the keeper first.
        let started = keeper.process_group(0).stdin(Stdio::piped()).spawn();
        let server = Self {
            port,
            fresh: AtomicU32::new(0),
            keeper: started.expect("a shell"),
        };
        house.wait_for(port);
        server
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Makes a database that nobody has used, and gives its name.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn database(&self) -> String {
        let name = format!("fresh_{}", self.fresh.fetch_add(1, Ordering::Relaxed));
        let (owner, _driver) = self.open("postgres", OWNER, PASSWORD).await;
        let make = format!("create database {name} template template0");
        owner.batch_execute(&make).await.expect("a database");
        name
    }

    /// A session in a database, and what keeps it.
    ///
    /// # Panics
    /// When there is none.
    pub async fn open(&self, database: &str, user: &str, password: &str) -> (Client, JoinSet<()>) {
        let mut config = Config::new();
        config.user(user).password(password).dbname(database);
        config.ssl_mode(SslMode::Disable);
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await;
        let opened = config.connect_raw(stream.expect("a server"), NoTls).await;
        let (client, connection) = opened.expect("a session");
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            let _ = connection.await;
        });
        (client, driver)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Where a server lives, and as whom: it refuses to run as root.
struct House {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<u32>,
}

impl House {
    fn build() -> Self {
        let folder = TempDir::with_prefix("portcullis-postgres-").expect("a folder");
        let house = Self {
            folder: folder.keep(),
            programs: programs(),
            user: (number("id", &["-u"]) == Some(0)).then(|| {
                let known = ["postgres", "nobody"].map(|name| number("id", &["-u", name]));
                known
                    .into_iter()
                    .flatten()
                    .next()
                    .expect("an ordinary user")
            }),
        };
        house.give(&house.folder);
        house.write("password", PASSWORD.as_bytes());
        let mut initdb = house.command(&house.programs.join("initdb"));
        initdb.arg("-D").arg(house.data());
        initdb.arg("--pwfile").arg(house.folder.join("password"));
        initdb.args(["-U", OWNER, "--auth=scram-sha-256", "-E", "UTF8"]);
        initdb.args(["--locale=C", "--no-sync"]);
        let done = initdb.output().expect("initdb");
        assert!(done.status.success(), "{done:?}");
        house
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn write(&self, name: &str, content: &[u8]) {
        let path = self.folder.join(name);
        fs::write(&path, content).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
        self.give(&path);
    }

    fn give(&self, path: &Path) {
        if let Some(user) = self.user {
            chown(path, Some(user), None).expect("another owner");
        }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        if let Some(user) = self.user {
            command.uid(user);
        }
        command
    }

    fn wait_for(&self, port: u16) {
        let mut asked = self.command(Path::new("/bin/sh"));
        asked.args(["-c", READY, "sh"]);
        asked.arg(self.programs.join("pg_isready"));
        asked.arg(port.to_string());
        if asked.status().expect("a shell").success() {
            return;
        }
        let log = fs::read_to_string(self.folder.join("log"));
        panic!("PostgreSQL does not start: {log:?}");
    }
}

/// Where PostgreSQL's programs are: Debian keeps them away from `PATH`.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all: Vec<PathBuf> = folders.collect();
    all.sort();
    all.reverse();
    all.extend(std::env::split_paths(&path));
    let found = all.into_iter().find(|one| one.join("initdb").exists());
    found.expect("PostgreSQL is not installed; `make test` installs it")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its number").port()
}

fn number(program: &str, arguments: &[&str]) -> Option<u32> {
    let said = Command::new(program).args(arguments).output().ok()?;
    String::from_utf8(said.stdout).ok()?.trim().parse().ok()
}
