//! Decides a second time what people may reach, with an engine that nobody here wrote.
//!
//! ```text
//! portcullis-oracle [--configurations N] [--requests N] [--seed N]
//! ```
//!
//! Cedar knows nothing of our code: grants and permission sets are translated into its policies and
//! entities, and every request is decided by both. First the cases of `conformance/access` are
//! replayed, then mistakes are planted to see that they would be found, then drawn configurations
//! are compared. The same seed draws the same ones. The first disagreement is shrunk, printed, and
//! ends the run with exit code 1.

mod cedar;
mod dice;
mod draw;
mod gate;
mod like;
mod mistake;
mod replay;
mod shrink;
mod world;

use dice::Dice;
use std::process::ExitCode;
use world::{Given, Request};

/// How many configurations a planted mistake may hide in.
const HIDING: u64 = 200;

fn main() -> ExitCode {
    match Plan::read(std::env::args().skip(1)).and_then(|plan| plan.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What the command line asks for.
struct Plan {
    configurations: u64,
    requests: u64,
    seed: u64,
}

impl Plan {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut plan = Self {
            configurations: 2_000,
            requests: 50,
            seed: 1,
        };
        while let Some(word) = words.next() {
            let place = match word.as_str() {
                "--configurations" => &mut plan.configurations,
                "--requests" => &mut plan.requests,
                "--seed" => &mut plan.seed,
                other => return Err(format!("no option `{other}`")),
            };
            *place = words
                .next()
                .and_then(|number| number.parse().ok())
                .ok_or_else(|| format!("`{word}` expects a number"))?;
        }
        Ok(plan)
    }

    fn run(&self) -> Result<(), String> {
        let replayed = replay::all()?;
        println!("{replayed} cases of conformance/access: both agree with each");
        for (name, mistake) in mistake::ALL {
            self.find(name, mistake)?;
        }
        println!("{} planted mistakes: all found", mistake::ALL.len());
        let (mut granted, mut refused) = (0_u64, 0_u64);
        for number in 0..self.configurations {
            let (given, requests) = self.draw(number);
            let answers = compare(&given, &requests, gate::decide)
                .map_err(|found| self.told(number, &given, found))?;
            let yes = answers.iter().filter(|answer| **answer).count() as u64;
            granted += yes;
            refused += answers.len() as u64 - yes;
        }
        if self.configurations > HIDING && granted.min(refused) == 0 {
            return Err("every answer was the same: nothing was compared".to_owned());
        }
        println!(
            "{} configurations, seed {}: {} decisions agree, {granted} granted and {refused} refused",
            self.configurations,
            self.seed,
            granted + refused
        );
        Ok(())
    }

    fn draw(&self, number: u64) -> (Given, Vec<Request>) {
        let mut dice = Dice::new(self.seed.wrapping_mul(0x9e37_79b9).wrapping_add(number));
        let given = draw::given(&mut dice);
        let requests = (0..self.requests)
            .map(|_| draw::request(&mut dice))
            .collect();
        (given, requests)
    }

    /// Whether a wrong gate would be found out.
    fn find(&self, name: &str, wrong: gate::Decider) -> Result<(), String> {
        for number in 0..HIDING {
            let (given, requests) = self.draw(number);
            match compare(&given, &requests, wrong) {
                Ok(_) => {}
                Err(Found::Disagreement(_)) => return Ok(()),
                Err(Found::Trouble(error)) => return Err(error),
            }
        }
        Err(format!("a gate that {name} was not found out"))
    }

    fn told(&self, number: u64, given: &Given, found: Found) -> String {
        match found {
            Found::Trouble(error) => format!("configuration {number}: {error}"),
            Found::Disagreement(request) => {
                let (given, request) = shrink::smallest(given.clone(), request, gate::decide);
                shrink::described(&given, &request)
            }
        }
    }
}

/// Why a comparison ended early.
enum Found {
    /// Somebody is wrong about this.
    Disagreement(Request),
    /// One side could not answer.
    Trouble(String),
}

/// What both say about each request.
fn compare(given: &Given, requests: &[Request], gate: gate::Decider) -> Result<Vec<bool>, Found> {
    let ours = gate(given, requests).map_err(Found::Trouble)?;
    let theirs = cedar::decide(given, requests).map_err(Found::Trouble)?;
    let differ = ours
        .iter()
        .zip(&theirs)
        .position(|(our, their)| our != their);
    match differ.and_then(|place| requests.get(place)) {
        Some(request) => Err(Found::Disagreement(request.clone())),
        None => Ok(ours),
    }
}
