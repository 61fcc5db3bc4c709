//! Attacks on a vault as an agent would make them: one of each letter of the red team's, at the door for wallet
//! libraries. Each is refused by its rule, and nothing but questions gets to the node.

use crate::{bin::Gate, chain::Setting, http::Wire};
use alloy_primitives::{Address, Bytes, U256, hex};
use alloy_sol_types::{SolCall, sol};
use portcullis_evm::bindings::{Vault, VaultManager};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

sol! {
    function approve(address spender, uint256 amount) external;
    function increaseAllowance(address spender, uint256 more) external;
    function mint(address to, uint256 amount) external;
    function multicall(bytes[] data) external;
    function transfer(address to, uint256 amount) external;

    function swapExactTokensForTokens(
        uint256 given, uint256 least, address[] path, address to, uint256 until
    ) external;
}

const STRANGER: Address = Address::repeat_byte(0xad);

/// What is attacked, and the words of a trade that would be good.
struct Target {
    vault: Address,
    logic: Address,
    registry: Address,
    usd: Address,
    eth: Address,
    router: Address,
    until: U256,
}

impl Target {
    fn of(setting: &Setting) -> Self {
        let at = |name: &str| setting.world[name].as_str().unwrap().parse().unwrap();
        Self {
            vault: at("vault"),
            logic: at("logic"),
            registry: at("registry"),
            usd: at("usd"),
            eth: at("eth"),
            router: at("router"),
            until: setting.soon().parse().unwrap(),
        }
    }

    fn trade(&self) -> swapExactTokensForTokensCall {
        swapExactTokensForTokensCall {
            given: U256::from(100_000_000),
            least: U256::ONE,
            path: vec![self.usd, self.eth],
            to: self.vault,
            until: self.until,
        }
    }

    fn swap(&self, change: impl FnOnce(&mut swapExactTokensForTokensCall)) -> Vec<u8> {
        let mut trade = self.trade();
        change(&mut trade);
        execute(self.router, trade.abi_encode())
    }
}

fn execute(to: Address, data: Vec<u8>) -> Vec<u8> {
    let data = data.into();
    Vault::execTransactionCall { to, data }.abi_encode()
}

/// A letter, what is tried, to whom, with what, and the code and rule that stop it.
type Attack = (char, &'static str, Address, Vec<u8>, [&'static str; 2]);

fn decoding(target: &Target) -> Vec<Attack> {
    let vault = target.vault;
    let plain = target.trade().abi_encode();
    let behind = execute(target.router, [plain.as_slice(), &[0; 32]].concat());
    let mut dirty = plain.clone();
    dirty[4 + 96] = 1;
    let dirty = execute(target.router, dirty);
    let outside = [target.swap(|_| {}).as_slice(), &[0; 32]].concat();
    let short = execute(target.router, plain[..3].to_vec());
    vec![
        (
            'D',
            "bytes behind a swap",
            vault,
            behind,
            ["Refused", "canonical"],
        ),
        (
            'D',
            "a dirty recipient",
            vault,
            dirty,
            ["Refused", "canonical"],
        ),
        (
            'D',
            "bytes behind the call",
            vault,
            outside,
            ["NotCanonical", "canonical"],
        ),
        ('D', "three bytes", vault, short, ["dh23", "function"]),
    ]
}

fn nesting(target: &Target) -> Vec<Attack> {
    let vault = target.vault;
    let theft: Bytes = target.trade().abi_encode().into();
    let multicall = multicallCall { data: vec![theft] }.abi_encode();
    let multicall = execute(target.router, multicall);
    let itself = execute(vault, target.swap(|_| {}));
    let registry = execute(target.registry, vec![0; 4]);
    vec![
        ('N', "a multicall", vault, multicall, ["dh23", "function"]),
        (
            'N',
            "the vault calls itself",
            vault,
            itself,
            ["dh23", "destination"],
        ),
        (
            'N',
            "the vault calls the registry",
            vault,
            registry,
            ["dh23", "destination"],
        ),
    ]
}

fn tokens(target: &Target) -> Vec<Attack> {
    let (vault, spender, amount) = (target.vault, STRANGER, U256::from(1_000_000));
    let of_usd = |data| execute(target.usd, data);
    let approve = of_usd(approveCall { spender, amount }.abi_encode());
    let more = increaseAllowanceCall {
        spender: target.router,
        more: amount,
    };
    let more = of_usd(more.abi_encode());
    let (to, amount) = (STRANGER, amount);
    let away = of_usd(transferCall { to, amount }.abi_encode());
    let straight = transferCall { to, amount }.abi_encode();
    vec![
        (
            'T',
            "a stranger may spend",
            vault,
            approve,
            ["Refused", "spender"],
        ),
        ('T', "more may be spent", vault, more, ["dh23", "function"]),
        (
            'T',
            "dollars are sent away",
            vault,
            away,
            ["dh23", "function"],
        ),
        (
            'T',
            "without the vault",
            target.usd,
            straight,
            ["preflight.destination", "vault"],
        ),
    ]
}

fn value(target: &Target) -> Vec<Attack> {
    let vault = target.vault;
    let nothing = target.swap(|swap| swap.least = U256::ZERO);
    let far = target.swap(|swap| swap.until += U256::from(100_000));
    let stranger = target.swap(|swap| swap.to = STRANGER);
    let over = target.swap(|swap| swap.path.insert(1, STRANGER));
    // The pool was shifted: nearly four tenths of the vault would be lost, and a fifth may be.
    let sandwich = target.swap(|swap| swap.given = U256::from(4_000_000_000_u64));
    vec![
        (
            'V',
            "for nothing",
            vault,
            nothing,
            ["Refused", "minimum.zero"],
        ),
        (
            'V',
            "whenever it hurts",
            vault,
            far,
            ["Refused", "deadline.far"],
        ),
        (
            'V',
            "for a stranger",
            vault,
            stranger,
            ["Refused", "recipient"],
        ),
        (
            'V',
            "over another token",
            vault,
            over,
            ["Refused", "token.listed"],
        ),
        (
            'V',
            "in a shifted pool",
            vault,
            sandwich,
            ["BelowFloor", "vault"],
        ),
    ]
}

fn ways_out(target: &Target) -> Vec<Attack> {
    let (vault, to, shares) = (target.vault, STRANGER, U256::ONE);
    let amount = shares;
    let withdraw = Vault::withdrawCall { shares }.abi_encode();
    let elsewhere = Vault::withdrawToCall { shares, to }.abi_encode();
    let send = Vault::transferCall { to, amount }.abi_encode();
    let function = ["preflight.function", "function"];
    vec![
        ('W', "leaving", vault, withdraw, function),
        ('W', "leaving to a stranger", vault, elsewhere, function),
        ('W', "shares are sent away", vault, send, function),
    ]
}

fn authority(target: &Target) -> Vec<Attack> {
    let (trader, to) = (STRANGER, target.logic);
    let seat = VaultManager::setTraderCall { trader }.abi_encode();
    let wider = Vault::setTraderCall { next: trader }.abi_encode();
    vec![
        (
            'A',
            "another trader is seated",
            to,
            seat,
            ["preflight.destination", "vault"],
        ),
        (
            'A',
            "the vault is told so",
            target.vault,
            wider,
            ["preflight.function", "function"],
        ),
    ]
}

/// What the door answers to an agent.
fn offered(setting: &Setting, gate: &Gate, attack: &Attack) -> Value {
    let (_, _, to, data, _) = attack;
    let data = hex::encode_prefixed(data);
    let params = json!([{"from": setting.world["trader"], "to": to, "data": data}]);
    let body =
        json!({"jsonrpc": "2.0", "id": 1, "method": "eth_sendTransaction", "params": params});
    let key = setting.house.credential("agent_key");
    let mut wire = Wire::open(gate.address(), key).unwrap();
    let (status, answer) = wire.post("/v1/rpc/main", None, &body).unwrap();
    assert_eq!(status, 200, "{answer}");
    answer
}

/// What the node was given: blocks, waiting transactions, and what the account sent.
fn given(setting: &Setting) -> [Value; 3] {
    let anvil = &setting.anvil;
    let trader = &setting.world["trader"];
    [
        anvil.ask("eth_blockNumber", &json!([])),
        anvil.ask("txpool_status", &json!([])),
        anvil.ask("eth_getTransactionCount", &json!([trader, "pending"])),
    ]
}

fn refused(setting: &Setting, gate: &Gate, attacks: &[Attack]) {
    let before = given(setting);
    for attack in attacks {
        let (letter, what, _, _, [code, rule]) = attack;
        let said = offered(setting, gate, attack);
        let error = &said["error"];
        assert_eq!(error["code"], 4_001, "{letter}, {what}: {said}");
        assert_eq!(
            error["data"]["verdict"], "BLOCKED",
            "{letter}, {what}: {said}"
        );
        assert_eq!(error["data"]["code"], *code, "{letter}, {what}: {said}");
        assert_eq!(error["data"]["rule"], *rule, "{letter}, {what}: {said}");
    }
    assert_eq!(given(setting), before);
}

/// Somebody with an account of their own does something on the chain.
fn tell(setting: &Setting, from: &Value, to: Address, data: &[u8]) {
    let data = hex::encode_prefixed(data);
    let sent = json!([{"from": from, "to": to, "data": data, "gas": "0x4c4b40"}]);
    let hash = json!([setting.anvil.ask("eth_sendTransaction", &sent)]);
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let receipt = setting.anvil.ask("eth_getTransactionReceipt", &hash);
        if !receipt.is_null() {
            assert_eq!(receipt["status"], "0x1", "{receipt}");
            return;
        }
        assert!(Instant::now() < until, "it is not mined");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The manager buys most of the ether in the pool.
fn shift(setting: &Setting, target: &Target) {
    let manager = &setting.world["manager"];
    let to = manager.as_str().unwrap().parse().unwrap();
    let given = U256::from(100_000_000_000_000_u64);
    tell(
        setting,
        manager,
        target.usd,
        &mintCall { to, amount: given }.abi_encode(),
    );
    let allow = approveCall {
        spender: target.router,
        amount: given,
    };
    tell(setting, manager, target.usd, &allow.abi_encode());
    let buy = swapExactTokensForTokensCall {
        given,
        to,
        ..target.trade()
    };
    tell(setting, manager, target.router, &buy.abi_encode());
}

#[test]
fn no_attack_gets_from_an_agent_to_the_chain() {
    let setting = Setting::new();
    let gate = setting.serve();
    let target = Target::of(&setting);
    for attacks in [
        decoding(&target),
        nesting(&target),
        tokens(&target),
        authority(&target),
        ways_out(&target),
    ] {
        refused(&setting, &gate, &attacks);
    }
    shift(&setting, &target);
    refused(&setting, &gate, &value(&target));
    // The manager seats somebody else: from the next block on, the account is a stranger's.
    let seat = VaultManager::setTraderCall { trader: STRANGER };
    tell(
        &setting,
        &setting.world["manager"],
        target.logic,
        &seat.abi_encode(),
    );
    let late = (
        'A',
        "a trader of yesterday",
        target.vault,
        target.swap(|_| {}),
        ["dh24", "role"],
    );
    refused(&setting, &gate, &[late]);
    assert_eq!(setting.look()["nonce"], 0);
}
