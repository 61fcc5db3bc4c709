//! What the README says to try: the official client, a server that everybody installs, and the gate
//! between them, step by step.

use crate::bin::{Gate, House, Ran, example, without_proxies};
use std::{fs, path::PathBuf, process::Command};

/// What the steps call the folder.
const FOLDER: &str = "/var/tmp/portcullis-files";

/// The steps that the test takes in another way: the gate is the one that was just built, and so is
/// everything beside it.
const TAKEN_ALREADY: [&str; 2] = ["make clients", "alias "];

fn python() -> String {
    std::env::var("PORTCULLIS_PYTHON").unwrap_or_else(|_| {
        panic!("PORTCULLIS_PYTHON names no Python that has the client `mcp`: run `make test`")
    })
}

fn servers() -> String {
    std::env::var("PORTCULLIS_SERVERS").unwrap_or_else(|_| {
        panic!("PORTCULLIS_SERVERS names no folder with a server of files: run `make test`")
    })
}

/// The commands of a page, without their comments.
fn steps(page: &str) -> Vec<String> {
    let text = fs::read_to_string(example(page)).unwrap();
    let mut is_code = false;
    let mut steps = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = line == "```sh";
        } else if is_code && !line.is_empty() {
            let step = line.split_once("  #").map_or(line, |(step, _)| step);
            steps.push(step.trim_end().to_owned());
        }
    }
    steps
}

/// Where the steps are taken: a folder of their own, and the example with its name in it.
struct Place {
    root: tempfile::TempDir,
    gate: Option<(House, Gate)>,
    hold: String,
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("home")).unwrap();
        Self {
            root,
            gate: None,
            hold: String::new(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn files(&self) -> String {
        // Where a temporary folder is a link, the server knows it by its real name.
        let root = self.root.path().canonicalize().unwrap();
        root.join("files").display().to_string()
    }

    /// A file of the example, with this place's folder in it.
    fn example(&self, name: &str) -> String {
        let text = fs::read_to_string(example(&format!("files/{name}"))).unwrap();
        assert!(text.contains(FOLDER), "{name}");
        let copy = self.path(name);
        fs::write(&copy, text.replace(FOLDER, &self.files())).unwrap();
        copy.display().to_string()
    }

    /// The gate by the example's operator's file. The server is the one that is installed already, so
    /// that nothing is fetched.
    fn serve(&mut self) {
        let config = self.example("portcullis.yaml");
        let text = fs::read_to_string(&config).unwrap();
        let installed = format!("          folder: {}\n          first_sight", servers());
        fs::write(&config, text.replace("          first_sight", &installed)).unwrap();
        let house = House::empty();
        let home = self.path("home").display().to_string();
        let gate = Gate::serve_with(
            &house.data(),
            &[("PORTCULLIS_CONFIG", &config), ("HOME", &home)],
        );
        let house = House {
            founded: gate.greeting[0].clone(),
            ..house
        };
        self.gate = Some((house, gate));
    }

    /// Takes one step, as a shell does.
    fn take(&self, step: &str) -> Ran {
        let mut shell = Command::new("bash");
        shell
            .current_dir(example(".."))
            .env("HOME", self.path("home"));
        if let Some((house, gate)) = &self.gate {
            shell
                .env("PORTCULLIS_URL", &gate.url)
                .env("PORTCULLIS_TOKEN", house.credential("admin_token"))
                .env("AGENT_KEY", house.credential("agent_key"));
        }
        without_proxies(&mut shell);
        let (binary, python) = (env!("CARGO_BIN_EXE_portcullis"), python());
        let step = step
            .replace(FOLDER, &self.files())
            .replace("esc_…", &self.hold)
            .replace(
                "examples/files/tenant-policy.yaml",
                &self.path("tenant-policy.yaml").display().to_string(),
            );
        let script = format!(
            "portcullis() {{ '{binary}' \"$@\"; }}\n\
             agent() {{ '{python}' examples/files/agent.py \"$@\"; }}\n{step}"
        );
        Ran::of(shell.args(["-c", &script]))
    }

    fn written(&self) -> Option<String> {
        fs::read_to_string(PathBuf::from(self.files()).join("plan.md")).ok()
    }
}

#[test]
fn the_readmes_steps_do_what_they_say() {
    let steps = steps("files/README.md");
    let of_root = self::steps("../README.md");
    assert!(
        of_root.windows(steps.len()).any(|part| part == steps),
        "the README has the same steps"
    );
    let mut place = Place::new();
    place.example("tenant-policy.yaml");
    let mut answers = Vec::new();
    for step in &steps {
        if step.ends_with("make serve") {
            place.serve();
        } else if step.starts_with("export ") {
            assert!(step.ends_with("=pcl_…"), "{step}");
        } else if !TAKEN_ALREADY.iter().any(|other| step.starts_with(other)) {
            let ran = place.take(step);
            if let Some((_, rest)) = ran.out.split_once("as hold ") {
                assert_eq!(
                    place.written(),
                    None,
                    "nothing was written before it was released"
                );
                place.hold = rest.split(':').next().unwrap().to_owned();
            }
            answers.push((step.as_str(), ran));
        }
    }
    let mut answers = answers.into_iter();
    let mut next = |what: &str, code: i32| -> String {
        let (step, ran) = answers.next().unwrap();
        assert!(step.contains(what), "{step}");
        ran.ended(code)
    };
    next("mkdir", 0);
    next("echo", 0);
    next("echo", 0);
    assert!(next("policy apply", 0).contains("the tenant policy is in force"));
    assert_eq!(next("files__read_text_file", 0), "buy tea\n\n");
    assert!(next("files__write_file", 1).starts_with("HELD (tier.approval_required)"));
    assert!(next("holds release", 0).contains("is released"));
    assert!(next("files__write_file", 0).starts_with("Successfully wrote"));
    let kept = next("secrets/password", 1);
    assert!(
        kept.starts_with("BLOCKED (policy.scope)") && !kept.contains("hunter2"),
        "{kept}"
    );
    let outside = next("etc/passwd", 1);
    assert!(outside.starts_with("BLOCKED (policy.scope)"), "{outside}");
    assert!(next("audit verify", 0).starts_with("valid"));
    assert!(answers.next().is_none());
    assert_eq!(place.written().as_deref(), Some("tea at four"));
    beyond(&place);
}

/// More ways to where the agent may not go, all refused by the rules.
fn beyond(place: &Place) {
    let files = place.files();
    for path in [
        "/proc/self/root/etc/passwd".to_owned(),
        format!("{files}/SECRETS/password"),
        format!("{files}/sec\u{200B}rets/password"),
        format!("{files}/\u{FF0E}\u{FF0E}/a"),
    ] {
        let told = place
            .take(&format!("agent files__read_text_file path='{path}'"))
            .ended(1);
        assert!(told.starts_with("BLOCKED (policy.scope)"), "{path}: {told}");
    }
    // The call that was released once is judged anew.
    let again = format!("agent files__write_file path={files}/plan.md content=\"tea at four\"");
    assert!(place.take(&again).ended(1).starts_with("HELD"));
    assert!(
        place
            .take("portcullis audit verify")
            .ended(0)
            .starts_with("valid")
    );
}
