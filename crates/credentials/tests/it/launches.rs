//! Programs that get credentials.

use portcullis_credentials::{Secrets, launch::Launches};
use portcullis_firewall::outside::{
    Exit, Heard, Launch, Launcher, OutsideError, Part, PrivateFile, Running, SecretName, Stop,
    Variable,
};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};
use tempfile::TempDir;

/// Quotes, a line break and a percent sign are in it.
const SECRET: &str = "planted \"marker\"\\ 4711%";

/// A folder with a secret, and a folder for files.
fn folder() -> (TempDir, SecretName) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, SECRET).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::create_dir(folder.path().join("run")).unwrap();
    let name = SecretName::new(&format!("file:{}", path.display()));
    (folder, name)
}

fn launch(folder: &Path, script: &str) -> Launch {
    let path = Variable::Plain("/usr/bin:/bin".to_owned());
    Launch {
        command: ["/bin/sh", "-c", script].map(str::to_owned).into(),
        input: Vec::new(),
        variables: vec![("PATH".to_owned(), path)],
        folder: folder.join("run"),
        files: Vec::new(),
        owner: None,
    }
}

fn file(path: &str, parts: Vec<Part>) -> PrivateFile {
    PrivateFile {
        path: path.into(),
        parts,
    }
}

async fn start(launch: Launch) -> Result<Box<dyn Running>, OutsideError> {
    Launches::new(Secrets::new()).launch(launch).await
}

/// What it says, and how it ends.
async fn through(mut running: Box<dyn Running>) -> (String, String, Exit) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    loop {
        match running.next().await.unwrap() {
            Heard::Out(bytes) => out.extend(bytes),
            Heard::Err(bytes) => err.extend(bytes),
            Heard::Ended(exit) => {
                let text = |bytes| String::from_utf8(bytes).unwrap();
                return (text(out), text(err), exit);
            }
        }
    }
}

#[tokio::test]
async fn a_program_gets_its_variables_and_nothing_of_the_gate_s() {
    let (folder, secret) = folder();
    let mut launch = launch(folder.path(), "env; echo problem >&2; exit 7");
    launch
        .variables
        .push(("TOKEN".to_owned(), Variable::Secret(secret)));
    let (out, err, exit) = through(start(launch).await.unwrap()).await;
    let mut lines: Vec<&str> = out
        .lines()
        .filter(|line| !line.starts_with("PWD="))
        .collect();
    lines.sort_unstable();
    let token = format!("TOKEN={SECRET}");
    assert_eq!(lines, ["PATH=/usr/bin:/bin", &token]);
    assert_eq!((err.as_str(), exit), ("problem\n", Exit::Code(7)));
}

#[tokio::test]
async fn what_it_is_told_comes_first_and_the_end_when_it_is_let_go() {
    let (folder, _) = folder();
    let mut launch = launch(folder.path(), "read line; echo \"$line\"; cat; echo over");
    launch.input = b"told\n".to_vec();
    let mut running = start(launch).await.unwrap();
    assert_eq!(running.next().await, Ok(Heard::Out(b"told\n".to_vec())));
    running.stop(Stop::Ended);
    let (out, _, exit) = through(running).await;
    assert_eq!((out.as_str(), exit), ("over\n", Exit::Code(0)));
}

#[tokio::test]
async fn it_can_be_asked_to_end_interrupted_and_killed() {
    for (how, signal) in [(Stop::Asked, 15), (Stop::Interrupted, 2), (Stop::Killed, 9)] {
        let (folder, _) = folder();
        // Whoever runs the tests may have had interrupts ignored, which is inherited.
        let script = "exec python3 -c 'import signal, time; \
            signal.signal(signal.SIGINT, signal.SIG_DFL); \
            print(\"ready\", flush=True); time.sleep(1000)'";
        let mut running = start(launch(folder.path(), script)).await.unwrap();
        assert_eq!(running.next().await, Ok(Heard::Out(b"ready\n".to_vec())));
        running.stop(how);
        assert_eq!(through(running).await.2, Exit::Signal(signal));
    }
}

#[tokio::test]
async fn a_file_is_its_own_alone_and_goes_with_it() {
    let (folder, secret) = folder();
    let parts = vec![
        Part::Text("token: ".to_owned()),
        Part::Quoted(secret.clone()),
        Part::Text("\nplain: ".to_owned()),
        Part::Secret(secret.clone()),
        Part::Text("\nescaped: ".to_owned()),
        Part::Escaped(secret),
    ];
    let mut launch = launch(folder.path(), "stat -c '%a' run/in/it; cat run/in/it");
    launch.command[2] = format!("cd {}; {}", folder.path().display(), launch.command[2]);
    launch.files = vec![file("in/it", parts)];
    let (out, err, _) = through(start(launch).await.unwrap()).await;
    let expected = "600\ntoken: \"planted \\\"marker\\\"\\\\ 4711%\"\nplain: planted \"marker\"\\ 4711%\n\
        escaped: planted%20%22marker%22%5C%204711%25";
    assert_eq!(out, expected, "{err}");
    assert!(!folder.path().join("run/in/it").exists());
}

#[tokio::test]
async fn a_link_is_not_written_through() {
    let (folder, secret) = folder();
    let run = folder.path().join("run");
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("kept"), "kept").unwrap();
    symlink(elsewhere.join("kept"), run.join("link")).unwrap();
    let mut first = launch(folder.path(), "true");
    first.files = vec![file("link", vec![Part::Secret(secret.clone())])];
    through(start(first).await.unwrap()).await;
    assert_eq!(fs::read_to_string(elsewhere.join("kept")).unwrap(), "kept");
    symlink(&elsewhere, run.join("folder")).unwrap();
    for path in ["folder/it", "../it", "/it", "", "a/../../it"] {
        let mut second = launch(folder.path(), "true");
        second.files = vec![file(path, vec![Part::Secret(secret.clone())])];
        let refused = start(second).await.err();
        assert!(
            matches!(refused, Some(OutsideError::Unreachable { .. })),
            "{path}: {refused:?}"
        );
    }
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
}

#[tokio::test]
async fn without_a_secret_nothing_starts_and_no_file_stays() {
    let (folder, secret) = folder();
    let gone = SecretName::new("file:/no/such/secret");
    let touched = folder.path().join("touched");
    let mut launch = launch(folder.path(), &format!("touch {}", touched.display()));
    launch.files = vec![
        file("first", vec![Part::Secret(secret)]),
        file("second", vec![Part::Secret(gone.clone())]),
    ];
    let refused = start(launch.clone()).await.err();
    assert_eq!(
        refused,
        Some(OutsideError::NoSecret(gone.as_str().to_owned()))
    );
    launch.files = Vec::new();
    launch
        .variables
        .push(("TOKEN".to_owned(), Variable::Secret(gone)));
    assert!(start(launch).await.is_err());
    assert!(!touched.exists());
    assert_eq!(fs::read_dir(folder.path().join("run")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_program_that_is_not_there_is_unreachable() {
    let (folder, _) = folder();
    let mut launch = launch(folder.path(), "");
    launch.command = vec!["/no/such/program".to_owned()];
    assert!(matches!(
        start(launch).await,
        Err(OutsideError::Unreachable { .. })
    ));
}
