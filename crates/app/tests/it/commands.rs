//! Commands inside walls that the binary itself raises, with credentials that its own crate puts in.

use portcullis_credentials::{Secrets, launch::Launches};
use portcullis_firewall::{
    digest::Nonce,
    firewall::Screens,
    freeze::freeze,
    lease::InHand,
    order::{Effect, Ended, Order},
    outside::SecretName,
    ports::{Executor, Rooms as _},
    scope::Mode,
};
use portcullis_policy::{
    action::Action,
    id::{SessionId, TenantId},
};
use portcullis_runner::{Commands, Offer, Rooms, Settings, commands::Ports, walls::KEEPER};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

const SECRET: &str = "planted-marker-0815-in-a-file";

async fn commands(folder: &Path) -> Commands {
    let passable = fs::Permissions::from_mode(0o711);
    fs::set_permissions(folder, passable).unwrap();
    let rooms = Rooms::at(&folder.join("rooms")).unwrap();
    let (tenant, session) = (
        TenantId::new("acme").unwrap(),
        SessionId::new("s1").unwrap(),
    );
    rooms.open(&tenant, &session).await.unwrap();
    let launcher = vec![
        env!("CARGO_BIN_EXE_portcullis").to_owned(),
        KEEPER.to_owned(),
    ];
    let launches = Launches::new(Secrets::new());
    let offer = Offer::look(&launches, &launcher, &rooms).await.unwrap();
    let settings = Settings {
        launcher,
        spare_bytes: 0,
        ..Settings::default()
    };
    let ports = Ports {
        launcher: Arc::new(launches),
        // The secret has no known form, and nobody registered it: it is looked at as it is.
        screens: Screens::default(),
        rooms: Arc::new(rooms),
    };
    Commands::new(settings, &offer, ports)
}

fn order(argv: &Value, lease: Option<InHand>) -> Order {
    let action = json!({
        "tenant": "acme", "agent": "bot", "session": "s1", "kind": "command.run",
        "target": "shell", "environment": "staging", "parameters": { "argv": argv },
    });
    let action: Action = serde_json::from_value(action).unwrap();
    let frozen = freeze(action, Nonce::new([9; 16])).unwrap();
    Order {
        tenant: frozen.action.tenant.clone(),
        agent: frozen.action.agent.clone(),
        seq: 1,
        digest: frozen.digest,
        action_type: "command.run".to_owned(),
        target: "shell".to_owned(),
        environment: "staging".to_owned(),
        parameters: frozen.action.parameters.clone(),
        idempotency_key: Order::key_of(&frozen.action.tenant, 1, &frozen.digest),
        action: frozen.bytes,
        expected_rows: None,
        work: None,
        lease,
        live: None,
    }
}

fn text(effect: &Effect) -> String {
    String::from_utf8(effect.output.clone()).unwrap()
}

#[tokio::test]
async fn the_binary_raises_walls_and_passes_codes_through() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands(folder.path()).await;
    let ran = |argv: Value| commands.execute(order(&argv, None));
    let effect = ran(json!(["sh", "-c", "echo here; echo there >&2; exit 3"])).await;
    assert_eq!(effect.result, Ended::Failed, "{effect:?}");
    assert!(effect.summary.ends_with("ended with code 3"), "{effect:?}");
    assert!(text(&effect).contains("here\n") && text(&effect).contains("there\n"));
    let effect = ran(json!(["env"])).await;
    assert!(!text(&effect).contains("MIMALLOC"), "{effect:?}");
    assert_eq!(text(&effect).lines().count(), 5, "{effect:?}");
    let shadow = ran(json!(["cat", "/etc/shadow", env!("CARGO_MANIFEST_DIR")])).await;
    assert_eq!(shadow.result, Ended::Failed, "{shadow:?}");
}

#[tokio::test]
async fn a_credential_reaches_the_command_by_variable_and_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, SECRET).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let commands = commands(folder.path()).await;
    let lease = InHand {
        scope: "repositories".to_owned(),
        provider: "github".to_owned(),
        mode: Mode::Read,
        secrets: vec![(
            "token".to_owned(),
            SecretName::new(&format!("file:{}", secret.display())),
        )],
        open: vec![("api".to_owned(), "https://api.github.com".to_owned())],
    };
    // Parted by spaces: what looks like an address with a password in it is screened.
    let script = "{ echo \"$GH_TOKEN\"; cat \"$TMPDIR/../git-credentials\"; \
        printf 'protocol=https\\nhost=github.com\\n\\n' | git credential fill 2> /dev/null \
        | grep password | cut -d= -f2; } | tr ':@' '  '";
    let effect = commands
        .execute(order(&json!(["sh", "-c", script]), Some(lease)))
        .await;
    let said = text(&effect);
    let lines = format!("{SECRET}\nhttps //x-access-token {SECRET} github.com\n");
    // Where there is git, it finds the credential by itself.
    let expected = [lines.clone(), format!("{lines}{SECRET}\n")];
    assert!(expected.contains(&said), "{effect:?}");
}
