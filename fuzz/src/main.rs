//! Drives the targets on stable Rust: seeds first, then changed copies of whatever was accepted.
//!
//! ```text
//! portcullis-fuzz [--seconds N] [--runs N] [--seed N] [TARGET | FILE]...
//! ```
//!
//! Each target runs for `--seconds` (5), or exactly `--runs` times. The seed is printed; with the
//! same seed and `--runs` the same inputs come in the same order, which also finds an input that
//! ended the process. Given a file `…/<target>/<name>`, that input alone is tried. An input that
//! fails is kept under `artifacts/<target>/`, and the exit code is 1.

use portcullis_fuzz::{
    mutation::{Dice, mutated},
    target::{TARGETS, Target},
};
use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How many accepted inputs are kept to be changed further.
const POOL: usize = 4_096;

fn main() -> ExitCode {
    match Plan::read(std::env::args().skip(1)).and_then(|plan| plan.run()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// What the command line asks for.
struct Plan {
    seed: u64,
    budget: Budget,
    names: Vec<String>,
}

#[derive(Clone, Copy)]
enum Budget {
    Time(Duration),
    Runs(u64),
}

impl Plan {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let nanos = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |d| d.as_nanos());
        let mut plan = Self {
            seed: nanos as u64,
            budget: Budget::Time(Duration::from_secs(5)),
            names: Vec::new(),
        };
        while let Some(word) = words.next() {
            let mut number = || {
                let text = words
                    .next()
                    .ok_or_else(|| format!("`{word}` expects a number"))?;
                text.parse::<u64>()
                    .map_err(|_| format!("expected a number, not `{text}`"))
            };
            match word.as_str() {
                "--seconds" => plan.budget = Budget::Time(Duration::from_secs(number()?)),
                "--runs" => plan.budget = Budget::Runs(number()?),
                "--seed" => plan.seed = number()?,
                option if option.starts_with('-') => return Err(format!("no option `{option}`")),
                _ => plan.names.push(word),
            }
        }
        Ok(plan)
    }

    fn run(&self) -> Result<bool, String> {
        let mut good = true;
        if self.names.iter().all(|name| target(name).is_some()) {
            println!("seed {}", self.seed);
        }
        if self.names.is_empty() {
            for (name, target) in TARGETS {
                good &= self.fuzz(name, target)?;
            }
        }
        for name in &self.names {
            good &= match target(name) {
                Some(target) => self.fuzz(name, target)?,
                None => replay(Path::new(name))?,
            };
        }
        Ok(good)
    }

    fn fuzz(&self, name: &str, target: Target) -> Result<bool, String> {
        let mut pool = seeds(name).map_err(|e| format!("the corpus of `{name}`: {e}"))?;
        let seeds = pool.len();
        for input in &pool {
            if !survives(target, input) {
                return keep(name, input).map(|()| false);
            }
        }
        let mut dice = Dice::new(self.seed);
        let (start, mut runs, mut accepted) = (Instant::now(), 0_u64, 0_u64);
        while !self.budget.is_spent(start, runs) {
            let (Some(input), Some(other)) = (dice.pick(&pool), dice.pick(&pool)) else {
                break;
            };
            let input = mutated(input, other, &mut dice);
            runs += 1;
            match catch_unwind(AssertUnwindSafe(|| target(&input))) {
                Ok(false) => {}
                Ok(true) => {
                    accepted += 1;
                    // The seeds stay; the others make room for new ones.
                    match pool.len() < POOL {
                        true => pool.push(input),
                        false => pool[seeds + dice.below(POOL - seeds)] = input,
                    }
                }
                Err(_) => return keep(name, &input).map(|()| false),
            }
        }
        println!(
            "{name}: {runs} inputs, {accepted} accepted, {:.1?}",
            start.elapsed()
        );
        Ok(true)
    }
}

impl Budget {
    fn is_spent(self, start: Instant, runs: u64) -> bool {
        match self {
            Self::Time(most) => start.elapsed() >= most,
            Self::Runs(most) => runs >= most,
        }
    }
}

fn target(name: &str) -> Option<Target> {
    TARGETS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, target)| *target)
}

fn survives(target: Target, input: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| target(input))).is_ok()
}

/// The inputs to begin with, in the order of their names.
fn seeds(name: &str) -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus_seed")
        .join(name);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let mut inputs = vec![Vec::new()];
    for path in paths {
        inputs.push(fs::read(path)?);
    }
    Ok(inputs)
}

fn replay(path: &Path) -> Result<bool, String> {
    let name = path
        .parent()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str());
    let target = name.and_then(target);
    let target = target.ok_or_else(|| format!("no target and no input `{}`", path.display()))?;
    let input = fs::read(path).map_err(|e| format!("`{}`: {e}", path.display()))?;
    let good = survives(target, &input);
    println!(
        "{}: {}",
        path.display(),
        if good { "holds" } else { "fails" }
    );
    Ok(good)
}

fn keep(name: &str, input: &[u8]) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("artifacts")
        .join(name);
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let path = folder.join(format!("{:016x}", hasher.finish()));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, input))
        .map_err(|e| format!("`{}`: {e}", path.display()))?;
    println!("{name}: FAILED on {}", path.display());
    Ok(())
}
