//! The chain that cases are judged on: guards, with a registry and a vault that say what they are told.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::{SolCall, SolValue, sol};
use portcullis_evm::{
    chain::{Call, Chain},
    reason::Reason,
};

use super::{
    cases::{Case, Verdict},
    names::{address, world},
};
use crate::files::artifact;

sol! {
    struct Ruling { uint16 kind; address granted; address spender; address received; }
    function judge(address vault, address to, bytes data) external view returns (Ruling);
    function list(address asset, address guard, address feed, uint16 assetType) external;
    function allow(address spender, bool allowed) external;
    function enable(address asset, bool enabled) external;
    function pair(address a, address b, address both) external;
    function hold(address asset) external;
    error Refused(bytes32 rule, uint16 argument, bytes32 seen);
}

/// Who sends what tests send.
pub(super) const TESTER: Address = Address::repeat_byte(0x7e);

/// The chain of `world.yaml`, with one guard on it.
pub(super) struct Bench {
    pub(super) chain: Chain,
    pub(super) guard: Address,
}

impl Bench {
    /// A guard by its creation code.
    pub(super) fn new(creation: &Bytes) -> Self {
        let mut bench = Self {
            chain: Chain::new(),
            guard: Address::ZERO,
        };
        assert_eq!(bench.chain.now(), world().now);
        bench.place("registry", "StubRegistry");
        bench.place("vault", "StubVault");
        for name in [
            "router2",
            "share",
            "oldshare",
            "newshare",
            "linkshare",
            "oldtokenshare",
        ] {
            bench.place(name, "StubProtocol");
        }
        bench.told();
        let mut code = creation.to_vec();
        code.extend(address("registry").abi_encode());
        bench.guard = bench.chain.deploy(TESTER, code).unwrap();
        bench
    }

    fn place(&mut self, name: &str, stub: &str) {
        let code = artifact(&format!("test/{stub}")).runtime;
        self.chain.set_code(address(name), code).unwrap();
    }

    /// Tells the stubs what the world is like.
    fn told(&mut self) {
        let guard = Address::repeat_byte(0x9d);
        for asset in &world().listed {
            let asset = address(asset);
            let call = listCall {
                asset,
                guard,
                feed: guard,
                assetType: 0,
            };
            self.send("registry", call);
        }
        for spender in &world().spenders {
            let spender = address(spender);
            self.send(
                "registry",
                allowCall {
                    spender,
                    allowed: true,
                },
            );
        }
        for asset in &world().enabled {
            let asset = address(asset);
            self.send(
                "vault",
                enableCall {
                    asset,
                    enabled: true,
                },
            );
        }
        for [a, b, both] in &world().pairs {
            let call = pairCall {
                a: address(a),
                b: address(b),
                both: address(both),
            };
            self.send("router2", call);
        }
        for (share, asset) in &world().underlying {
            self.send(
                share,
                holdCall {
                    asset: address(asset),
                },
            );
        }
    }

    fn send(&mut self, name: &str, call: impl SolCall) {
        let call = Call::new(TESTER, address(name), call.abi_encode());
        assert!(self.chain.send(&call).unwrap().succeeded());
    }

    /// What the guard says of a case.
    pub(super) fn judge(&mut self, case: &Case) -> Verdict {
        self.say(case.to, &case.data).0
    }

    /// What it says, and for how much gas.
    pub(super) fn say(&mut self, to: Address, data: &[u8]) -> (Verdict, u64) {
        let vault = address("vault");
        let ask = judgeCall {
            vault,
            to,
            data: data.to_vec().into(),
        }
        .abi_encode();
        let outcome = self
            .chain
            .look(&Call::new(TESTER, self.guard, ask))
            .unwrap();
        let verdict = match (outcome.returned(), outcome.reason()) {
            (Some(bytes), _) => permitted(bytes),
            (None, Some(reason)) => refused(&reason),
            (None, None) => Verdict::Failed("nothing".to_owned()),
        };
        (verdict, outcome.gas)
    }
}

fn permitted(bytes: &Bytes) -> Verdict {
    match Ruling::abi_decode_validate(bytes) {
        Ok(Ruling { kind: 0, .. }) => Verdict::Unknown,
        Ok(ruling) => {
            let parties = [ruling.granted, ruling.spender, ruling.received];
            Verdict::Permitted(ruling.kind, parties)
        }
        Err(error) => Verdict::Failed(error.to_string()),
    }
}

/// The rule's name without the zeros behind it.
pub(super) fn refused(reason: &Reason) -> Verdict {
    match reason.typed::<Refused>() {
        Some(refused) => {
            let rule = refused.rule.iter().take_while(|byte| **byte != 0);
            let rule = String::from_utf8(rule.copied().collect()).unwrap();
            Verdict::Refused(rule, refused.argument, refused.seen)
        }
        None => Verdict::Failed(reason.to_string()),
    }
}
