//! Mistakes put into the guards, one at a time: the tests have to notice.

use std::{
    collections::BTreeMap,
    env,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    path::Path,
    process::Command,
};

use alloy_primitives::{Bytes, hex};
use serde::Deserialize;

use super::{assets, cases, data, feeds, lab, stubs::Bench};
use crate::files::{artifact, contracts};

/// As `contracts/mutate.mjs` writes it.
#[derive(Deserialize)]
struct Mutant {
    file: String,
    line: usize,
    before: String,
    after: String,
    code: BTreeMap<String, String>,
}

/// How many are drawn unless `PORTCULLIS_MUTANTS` says otherwise; `all` takes all.
const DRAWN: &str = "24";
/// The draw of every day.
const SEED: &str = "7";
/// Of a hundred mutants, so many have to be noticed.
const WANTED: usize = 90;

/// The cases by guard, read once.
struct Suite(BTreeMap<String, Vec<cases::Case>>);

impl Mutant {
    /// The contracts that the mistake changes.
    fn contracts(&self) -> BTreeMap<String, Bytes> {
        let decoded = |code: &String| Bytes::from(hex::decode(code).unwrap());
        let code = self.code.iter();
        code.map(|(name, code)| (name.clone(), decoded(code)))
            .collect()
    }
}

impl Suite {
    fn read() -> Self {
        Self(data::FILES.into_iter().map(cases::read).collect())
    }

    /// Whether any test of one of these contracts fails.
    fn notices(&self, code: &BTreeMap<String, Bytes>) -> bool {
        code.iter()
            .any(|(name, creation)| self.differs(name, creation) || fails(name, code))
    }

    /// Whether a guard judges some case otherwise, or cannot even be made.
    fn differs(&self, name: &str, creation: &Bytes) -> bool {
        let Some(cases) = self.0.get(name) else {
            return false;
        };
        let judged = || {
            let mut bench = Bench::new(creation);
            cases.iter().any(|case| bench.judge(case) != case.want)
        };
        catch_unwind(judged).unwrap_or(true)
    }
}

fn fails(name: &str, code: &BTreeMap<String, Bytes>) -> bool {
    let tests = assets::tests(name).iter().chain(feeds::tests(name));
    let failed = tests.into_iter().any(|test| {
        let run = || lab::with_code(code.clone(), test);
        catch_unwind(AssertUnwindSafe(run)).is_err()
    });
    lab::as_committed();
    failed
}

/// Weakened builds are compiled otherwise than what is deployed; that alone makes no difference.
#[test]
fn how_weakened_builds_are_compiled_is_not_noticed() {
    let suite = Suite::read();
    for name in [
        "AaveV3Asset",
        "AaveV3Guard",
        "ChainlinkFeed",
        "Erc20Guard",
        "Erc4626Asset",
        "Erc4626Guard",
        "TwapFeed",
        "UniswapV2Guard",
        "UniswapV2LpAsset",
        "UniswapV3Guard",
    ] {
        let code = artifact(&format!("weakened/nothing/{name}")).creation;
        let code = BTreeMap::from([(name.to_owned(), code)]);
        assert!(!suite.notices(&code), "{name}");
    }
}

/// `PORTCULLIS_SOLC` names the folder where the pinned compiler is; `make` sets it. In CI it must be
/// there; elsewhere the test says that it saw nothing.
#[test]
fn mistakes_in_guards_are_noticed() {
    let Some(home) = env::var_os("PORTCULLIS_SOLC").filter(|home| Path::new(home).exists()) else {
        assert!(env::var_os("CI").is_none(), "CI needs PORTCULLIS_SOLC");
        // Past the test harness, which keeps what a passing test prints to itself.
        let note = "NOT CHECKED: mistakes_in_guards_are_noticed needs PORTCULLIS_SOLC (`make test` sets it)";
        writeln!(std::io::stderr(), "{note}").unwrap();
        return;
    };
    let count = env::var_os("PORTCULLIS_MUTANTS").unwrap_or_else(|| DRAWN.into());
    let made = Command::new("node")
        .arg(contracts().join("mutate.mjs"))
        .arg(count)
        .arg(SEED)
        .env("PORTCULLIS_SOLC", home)
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    judge(&String::from_utf8(made.stdout).unwrap());
}

/// Tells the score and every mutant that nobody noticed.
fn judge(lines: &str) {
    let suite = Suite::read();
    let mutants: Vec<Mutant> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let missed: Vec<&Mutant> = mutants
        .iter()
        .filter(|mutant| !suite.notices(&mutant.contracts()))
        .collect();
    set_hook(hook);
    let told: Vec<String> = missed
        .iter()
        .map(|one| {
            format!(
                "{}:{}\n  {}\n  {}",
                one.file, one.line, one.before, one.after
            )
        })
        .collect();
    let (count, noticed) = (mutants.len(), mutants.len() - missed.len());
    let told = format!(
        "{noticed} of {count} noticed; not these:\n{}",
        told.join("\n")
    );
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    assert!(count > 0 && noticed * 100 >= count * WANTED, "{told}");
}
