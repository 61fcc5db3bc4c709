//! An agent trades for a vault through the gate, with the wallet libraries there are, on a chain of its own.

use crate::{
    anvil::Anvil,
    bin::{Gate, House, Ran},
};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, process::Stdio, sync::OnceLock};

/// What opens the key of the account.
const PASSWORD: &str = "a password";
const POLICY: &str = "version: 1
actions:
  - action: evm.swap
    caps: { max_usd: 1000 }
  - action: evm.sign_typed_data
";

/// A chain with a vault, and a house whose gate trades for it.
pub(crate) struct Setting {
    pub(crate) anvil: Anvil,
    pub(crate) world: Value,
    pub(crate) house: House,
    /// The key of a second person, known before anything is asked for.
    ann: OnceLock<String>,
}

impl Setting {
    pub(crate) fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// The same with something else said of the account; what is on the chain is given.
    pub(crate) fn with(change: impl FnOnce(&mut Value, &Value)) -> Self {
        Self::sealed_by(PASSWORD, change)
    }

    /// The same with another password of the account's key.
    pub(crate) fn sealed_by(password: &str, change: impl FnOnce(&mut Value, &Value)) -> Self {
        let anvil = Anvil::start();
        let world = Ran::of(anvil.client("deploy").env("PASSWORD", password)).json(0);
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.yaml");
        fs::write(&policy, POLICY).unwrap();
        let house = House::new(policy.to_str().unwrap());
        let keystore = house.folder.path().join("trader.json");
        fs::write(&keystore, world["keystore"].as_str().unwrap()).unwrap();
        fs::set_permissions(&keystore, fs::Permissions::from_mode(0o600)).unwrap();
        let mut account = json!({
            "account": world["trader"],
            "chain_id": 31337,
            "guards": {
                world["tokenGuard"].as_str().unwrap(): "token",
                world["routerGuard"].as_str().unwrap(): "uniswap_v2",
            },
            "keystore": keystore,
            "names": { world["router"].as_str().unwrap(): "Uniswap V2" },
            "node": { "url": anvil.url, "reach": "anywhere" },
            "password": "env:TRADER_PASSWORD",
            "tokens": {
                world["usd"].as_str().unwrap(): { "symbol": "USDC", "decimals": 6 },
                world["eth"].as_str().unwrap(): { "symbol": "WETH", "decimals": 18 },
            },
            "vault": world["vault"],
        });
        change(&mut account, &world);
        let config = json!({"tenants": {"default": {"chains": {"main": account}}}});
        // JSON is YAML as well.
        fs::write(
            house.folder.path().join("portcullis.yaml"),
            config.to_string(),
        )
        .unwrap();
        Self {
            anvil,
            world,
            house,
            ann: OnceLock::new(),
        }
    }

    pub(crate) fn serve(&self) -> Gate {
        let secrets = [("TRADER_PASSWORD", PASSWORD), ("SIGNER_TOKEN", "a-token")];
        self.serve_with(&secrets, Stdio::piped())
    }

    /// The same with other secrets, or more in its environment, and its log somewhere else.
    pub(crate) fn serve_with(&self, environment: &[(&str, &str)], log: Stdio) -> Gate {
        let config = self.house.folder.path().join("portcullis.yaml");
        let gate = Gate::serve_into(&self.house.data(), environment, Some(&config), log);
        self.ann.get_or_init(|| {
            let ann = ["keys", "issue", "ann", "--role", "operator", "-o", "json"];
            let ann = self.people(&gate, &ann).json(0);
            ann["token"].as_str().unwrap().to_owned()
        });
        gate
    }

    /// What a library gets for a swap: a hash, or what the gate says instead.
    pub(crate) fn trade(&self, gate: &Gate, library: &str, asked: &Value) -> Value {
        self.have("trade", gate, library, asked)
    }

    /// What a library gets for a part of the script that asks for something.
    pub(crate) fn have(&self, part: &str, gate: &Gate, library: &str, asked: &Value) -> Value {
        let mut client = self.anvil.client(part);
        client
            .env("AGENT_KEY", self.house.credential("agent_key"))
            .env("ASKED", asked.to_string())
            .env("GATE_URL", format!("{}/v1/rpc/main", gate.url))
            .env("LIBRARY", library)
            .env("WORLD", self.world.to_string());
        Ran::of(&mut client).json(0)
    }

    /// What the vault has, the time, and how much the trader has sent.
    pub(crate) fn look(&self) -> Value {
        let mut client = self.anvil.client("look");
        client.env("WORLD", self.world.to_string());
        Ran::of(&mut client).json(0)
    }

    pub(crate) fn people(&self, gate: &Gate, args: &[&str]) -> Ran {
        gate.ask(self.house.credential("admin_token"), args)
    }

    /// As many people as are needed say yes to what is held.
    pub(crate) fn approve(&self, gate: &Gate, held: &Value) {
        let hold = held["hold_id"].as_str().unwrap_or_else(|| panic!("{held}"));
        let yes = ["approvals", "approve", hold, "--yes"];
        self.people(gate, &yes).ended(0);
        if held["approvals_required"] == 2 {
            gate.ask(self.ann.get().unwrap(), &yes).ended(0);
        }
    }

    /// In a few minutes, as the chain has it.
    pub(crate) fn soon(&self) -> String {
        let now: u64 = self.look()["now"].as_str().unwrap().parse().unwrap();
        (now + 600).to_string()
    }
}

/// Decoded, simulated, approved, signed inside, mined and settled; and with one word changed after the
/// approval, nowhere.
#[test]
fn a_swap_is_approved_signed_inside_and_mined() {
    let setting = Setting::new();
    let gate = setting.serve();
    for library in ["viem", "ethers"] {
        let asked = json!({ "until": setting.soon() });
        let before = setting.look();
        let held = setting.trade(&gate, library, &asked);
        assert_eq!(held["data"]["verdict"], "HELD", "{library}: {held}");
        let hold = held["data"]["hold_id"].as_str().unwrap();
        assert_eq!(setting.look()["nonce"], before["nonce"], "nothing is sent");

        let shown = setting.people(&gate, &["holds", "show", hold]).ended(0);
        assert!(shown.contains("Trades 100 USDC"), "{shown}");
        assert!(shown.contains("one source alone says so"), "{shown}");
        let yes = ["approvals", "approve", hold, "--yes"];
        setting.people(&gate, &yes).ended(0);

        // One word of it changed: it is another action, and people have not decided on that.
        let changed = json!({ "until": asked["until"], "amount": "100000001" });
        let other = setting.trade(&gate, library, &changed);
        assert_eq!(other["data"]["verdict"], "HELD", "{library}: {other}");
        assert_ne!(other["data"]["hold_id"], held["data"]["hold_id"]);
        assert_eq!(setting.look()["nonce"], before["nonce"], "nothing is sent");

        let done = setting.trade(&gate, library, &asked);
        assert!(
            done["hash"].as_str().unwrap().starts_with("0x"),
            "{library}: {done}"
        );
        let after = setting.look();
        let amount =
            |look: &Value, token: &str| look[token].as_str().unwrap().parse::<u128>().unwrap();
        assert_eq!(amount(&before, "usd") - amount(&after, "usd"), 100_000_000);
        assert!(amount(&after, "eth") > amount(&before, "eth"));

        // It is done once: the same again is judged anew.
        let again = setting.trade(&gate, library, &asked);
        assert!(again.get("hash").is_none(), "{library}: {again}");
        assert_eq!(setting.look()["nonce"], after["nonce"]);
    }
    let tail = setting.people(&gate, &["audit", "verify"]);
    tail.ended(0);
}

#[test]
fn what_breaks_a_rule_never_gets_to_people() {
    let setting = Setting::new();
    let gate = setting.serve();
    let until = setting.soon();
    let stranger = "0x000000000000000000000000000000000000dEaD";
    let refused = setting.trade(&gate, "viem", &json!({ "until": until, "to": stranger }));
    assert_eq!(refused["data"]["rule"], "recipient", "{refused}");
    assert_eq!(refused["data"]["argument"], 3, "{refused}");
    let late = setting.trade(&gate, "viem", &json!({ "until": "1" }));
    assert_eq!(late["data"]["rule"], "deadline.past", "{late}");
    // Within the rules of the vault, beyond the cap of the tenant.
    let dear = setting.trade(
        &gate,
        "viem",
        &json!({ "until": until, "amount": "1500000000" }),
    );
    assert_eq!(dear["data"]["verdict"], "BLOCKED", "{dear}");
    assert_eq!(dear["data"]["code"], "policy.cap_exceeded", "{dear}");
    assert_eq!(setting.look()["nonce"], 0);
}
