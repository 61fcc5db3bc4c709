//! Wherever the machine dies, every record is told, in order, and none that is known to be told.

use super::world::{FakeSource, Script, following};
use portcullis_control::notify::{channel::Told, follower::follow};
use portcullis_testkit::ChainBuilder;
use proptest::prelude::*;
use std::{collections::BTreeSet, time::Duration};
use tokio::{runtime::Builder, sync::watch, time::sleep};

const NAME: &str = "test/script";
/// Enough for every wait of a run that goes on to its end.
const LONG: Duration = Duration::from_secs(40 * 86_400);

#[derive(Clone, Debug)]
struct Story {
    /// How many records come before each life.
    lives: Vec<(usize, Option<usize>)>,
    answers: Vec<Told>,
    troubles: Vec<bool>,
}

fn story() -> impl Strategy<Value = Story> {
    let why = || "scripted".to_owned();
    let answer = prop_oneof![
        6 => Just(Told::Done),
        2 => Just(Told::Passed),
        3 => Just(Told::Later { why: why(), after: None }),
        1 => Just(Told::Later { why: why(), after: Some(Duration::from_secs(9_000)) }),
        2 => Just(Told::Rejected { why: why() }),
        1 => Just(Told::Never { why: why() }),
    ];
    let life = (0_usize..150, proptest::option::of(0_usize..400));
    (
        prop::collection::vec(life, 1..5),
        prop::collection::vec(answer, 0..200),
        prop::collection::vec(prop::bool::weighted(0.2), 0..40),
    )
        .prop_map(|(lives, answers, troubles)| Story {
            lives,
            answers,
            troubles,
        })
}

async fn live(story: Story) {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.troubles.lock().unwrap().extend(story.troubles);
    let channel = Script::new(&source, story.answers);
    let last = (0, None);
    let lives = story.lives.len();
    for (life, (more, death)) in story.lives.into_iter().chain([last]).enumerate() {
        if life == lives {
            // The last life goes well to its end, the keeping of its place too.
            source.troubles.lock().unwrap().clear();
        }
        source.grow(&mut chain, more);
        source.steps.die_after(death);
        let (before, cursor) = (channel.seqs().len(), source.cursor_now(NAME).unwrap());
        let (shut, shutdown) = watch::channel(false);
        let running = tokio::spawn(follow(following(&source, &channel), shutdown));
        tokio::select! {
            () = source.steps.died() => running.abort(),
            () = sleep(LONG) => drop(shut.send(true)),
        }
        let _ = running.await;
        in_order(&channel.seqs()[before..], cursor);
    }
    let tries = channel.tries.lock().unwrap();
    for (seq, cursor, _) in tries.iter() {
        assert!(
            Some(*seq) > *cursor,
            "{seq} was known to be told: {cursor:?}"
        );
    }
    let count = source.records.lock().unwrap().len() as u64;
    let told: BTreeSet<u64> = tries.iter().map(|(seq, ..)| *seq).collect();
    assert_eq!(told, (1..=count).collect::<BTreeSet<u64>>());
    assert_eq!(source.cursor_now(NAME), Some(count));
}

/// From the record after the cursor on, each is tried until the next one is.
fn in_order(tries: &[u64], cursor: u64) {
    let mut last = cursor;
    for seq in tries {
        assert!(*seq == last || *seq == last + 1, "{seq} after {last}");
        last = *seq;
    }
    assert!(tries.first().is_none_or(|first| *first == cursor + 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_record_is_told_in_order_wherever_the_machine_dies(story in story()) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(live(story));
    }
}
