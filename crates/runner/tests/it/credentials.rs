//! Credentials reach the one command that they were minted for.

use crate::house::{House, MINE, SECRET, leased, order, running_with, text};
use portcullis_firewall::{
    lease::InHand, order::Ended, outside::SecretName, ports::Executor, scope::Mode,
};
use serde_json::json;
use std::fs;

fn lease(part: &str, open: &[(&str, &str)]) -> InHand {
    let open = open.iter();
    InHand {
        scope: "staging".to_owned(),
        provider: "theirs".to_owned(),
        mode: Mode::Read,
        secrets: vec![(part.to_owned(), SecretName::new("lease:1/secret"))],
        open: open
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn postgres() -> InHand {
    let open = [
        ("user", "r"),
        ("host", "db"),
        ("port", "5432"),
        ("database", "shop"),
    ];
    lease("password", &open)
}

#[tokio::test]
async fn without_a_lease_there_is_no_credential() {
    let house = House::new().await;
    let script = "env; ls -aR \"$HOME\" \"$TMPDIR/..\"";
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &["sh", "-c", script]).await;
        // Names of variables and of files stand at the beginning of lines.
        for trace in [
            "AWS", "CLOUDSDK", "GH_", "GIT", "KUBE", "PG", "gcp", "git", "kube",
        ] {
            let found = said.lines().any(|line| line.starts_with(trace));
            assert!(!found, "{standing}: {said}");
        }
    }
}

#[tokio::test]
async fn a_variable_reaches_the_command_and_its_output_is_redacted() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let commands = house.commands(&offer, |_| {});
        let script = "echo ${#PGPASSWORD} $PGUSER@$PGHOST; echo $PGPASSWORD; printf %s \"$PGPASSWORD\" | base64 -w0";
        let order = leased(order(json!({ "argv": ["sh", "-c", script] })), postgres());
        let effect = commands.execute(order).await;
        let said = text(&effect);
        assert!(
            said.starts_with(&format!("{} r@db\n", SECRET.len())),
            "{standing}: {said}"
        );
        assert_eq!(said.matches("[REDACTED]").count(), 2, "{standing}: {said}");
        assert!(!said.contains(SECRET), "{standing}: {said}");
    }
}

#[tokio::test]
async fn a_file_is_there_while_the_command_runs_and_not_for_others() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let commands = house.commands(&offer, |_| {});
        let script = "stat -c %a \"$KUBECONFIG\"; wc -c < \"$KUBECONFIG\"; cat \"$KUBECONFIG\"; \
            touch there; while [ ! -e over ]; do sleep 0.01; done";
        let open = [("server", "https://cluster:6443")];
        let with = leased(
            order(json!({ "argv": ["sh", "-c", script] })),
            lease("token", &open),
        );
        let other = async {
            let home = house.home(MINE);
            while !home.join("there").exists() {
                tokio::task::yield_now().await;
            }
            let spy = "cat ../run/*/kubeconfig \"$TMPDIR\"/../../*/kubeconfig; ls ../run/*; echo tried > over; echo tried";
            let mut second = order(json!({ "argv": ["sh", "-c", spy] }));
            second.seq = 2;
            text(&commands.execute(second).await)
        };
        let (effect, spied) = tokio::join!(commands.execute(with), other);
        let said = text(&effect);
        assert!(said.starts_with("600\n"), "{standing}: {effect:?}");
        assert!(
            said.contains("server: \"https://cluster:6443\""),
            "{standing}: {said}"
        );
        assert!(said.contains("token: \"[REDACTED]\""), "{standing}: {said}");
        assert!(spied.contains("tried"), "{standing}: {spied}");
        assert!(
            !spied.contains("token") && !spied.contains("REDACTED"),
            "{standing}: {spied}"
        );
        let left = fs::read_dir(house.room(MINE).join("run")).expect("a list");
        assert_eq!(left.count(), 0, "{standing}");
        for file in ["there", "over"] {
            fs::remove_file(house.home(MINE).join(file)).expect("a file");
        }
    }
}

#[tokio::test]
async fn no_list_of_processes_shows_a_credential_or_a_plan() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let script = "touch there; while [ ! -e over ]; do sleep 0.01; done";
    let with = leased(order(json!({ "argv": ["sh", "-c", script] })), postgres());
    let home = house.home(MINE);
    let look = async {
        while !home.join("there").exists() {
            tokio::task::yield_now().await;
        }
        let found = (
            running_with(SECRET),
            running_with("lease:1"),
            running_with("memory_bytes"),
        );
        fs::write(home.join("over"), "").expect("a file");
        found
    };
    let (effect, found) = tokio::join!(commands.execute(with), look);
    assert_eq!(effect.result, Ended::Done, "{effect:?}");
    assert_eq!(found, (0, 0, 0));
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_runs_nothing() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let mut lease = postgres();
    lease.secrets[0].1 = SecretName::new("lease:1/gone");
    let order = leased(order(json!({ "argv": ["touch", "it"] })), lease);
    let effect = commands.execute(order).await;
    assert_eq!(effect.result, Ended::Failed);
    assert_eq!(
        effect.summary,
        "`touch it` was not run: the secret `lease:1/gone` cannot be read"
    );
    assert!(!house.home(MINE).join("it").exists());
}

#[tokio::test]
async fn a_credential_that_would_change_how_programs_run_is_refused() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let order = leased(order(json!({ "argv": ["true"] })), lease("LD_PRELOAD", &[]));
    let effect = commands.execute(order).await;
    assert_eq!(effect.result, Ended::Failed);
    assert!(
        effect.summary.contains("would change how programs run"),
        "{effect:?}"
    );
}
