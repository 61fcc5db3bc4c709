//! Following a chain while everything goes well, and while the other side does not.

use super::world::{FakeSource, Script, following};
use portcullis_control::notify::{
    channel::Told,
    follower::{Ended, follow},
};
use portcullis_testkit::ChainBuilder;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::sleep};

const NAME: &str = "test/script";

fn later() -> Told {
    Told::Later {
        why: "busy".to_owned(),
        after: None,
    }
}

fn rejected() -> Told {
    Told::Rejected {
        why: "it answered 400".to_owned(),
    }
}

/// Follows for a while, then shuts.
async fn run(source: &Arc<FakeSource>, channel: &Arc<Script>, long: Duration) -> Ended {
    let (shut, shutdown) = watch::channel(false);
    let running = tokio::spawn(follow(following(source, channel), shutdown));
    sleep(long).await;
    let _ = shut.send(true);
    running.await.unwrap()
}

const A_WHILE: Duration = Duration::from_secs(60);
const TWO_DAYS: Duration = Duration::from_secs(2 * 86_400);

#[tokio::test(start_paused = true)]
async fn a_new_channel_starts_at_the_end_and_goes_on_from_there() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.grow(&mut chain, 3);
    let channel = Script::new(&source, []);
    assert_eq!(run(&source, &channel, A_WHILE).await, Ended::Shut);
    assert_eq!((channel.seqs(), source.cursor_now(NAME)), (vec![], Some(3)));
    // What comes while nobody follows is told afterwards.
    source.grow(&mut chain, 2);
    run(&source, &channel, A_WHILE).await;
    assert_eq!(
        (channel.seqs(), source.cursor_now(NAME)),
        (vec![4, 5], Some(5))
    );
}

#[tokio::test(start_paused = true)]
async fn news_wakes_a_follower_that_waits() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    let channel = Script::new(&source, []);
    let running = run(&source, &channel, A_WHILE);
    let growing = async {
        sleep(Duration::from_secs(1)).await;
        source.grow(&mut chain, 1);
        sleep(Duration::from_secs(1)).await;
        assert_eq!(channel.seqs(), [1]);
        source.grow(&mut chain, 200);
    };
    let (ended, ()) = tokio::join!(running, growing);
    assert_eq!(ended, Ended::Shut);
    assert_eq!(channel.seqs(), (1..=201).collect::<Vec<u64>>());
    assert!(*source.largest.lock().unwrap() <= 64);
}

#[tokio::test(start_paused = true)]
async fn a_passing_failure_is_waited_out_in_order() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.grow(&mut chain, 3);
    let channel = Script::new(&source, [Told::Done, later(), later(), Told::Done]);
    run(&source, &channel, A_WHILE).await;
    assert_eq!(channel.seqs(), [1, 2, 2, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_comes_back_within_the_day_is_told_everything() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.grow(&mut chain, 2);
    // Five minutes apart at most, so less than a day in all.
    let channel = Script::new(&source, std::iter::repeat_n(later(), 270));
    run(&source, &channel, TWO_DAYS).await;
    let mut tries = vec![1; 271];
    tries.push(2);
    assert_eq!(channel.seqs(), tries);
}

#[tokio::test(start_paused = true)]
async fn a_silent_receiver_is_given_up_record_by_record() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.grow(&mut chain, 2);
    let channel = Script::new(&source, std::iter::repeat_n(later(), 10_000));
    run(&source, &channel, TWO_DAYS).await;
    let of = |wanted: u64| channel.seqs().iter().filter(|seq| **seq == wanted).count();
    // The first for a day; the second has grown as old meanwhile, and is tried all the same.
    assert!((288..600).contains(&of(1)), "{}", of(1));
    assert!((1..=3).contains(&of(2)), "{}", of(2));
    assert_eq!(source.cursor_now(NAME), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_asks_for_time_is_given_it() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.grow(&mut chain, 1);
    let asks = Told::Later {
        why: "it answered 429".to_owned(),
        after: Some(Duration::from_secs(7_200)),
    };
    let channel = Script::new(&source, [asks]);
    run(&source, &channel, Duration::from_secs(7_100)).await;
    assert_eq!(channel.seqs(), [1]);
    let asks = channel.tries.lock().unwrap()[0].2.clone();
    channel.answers.lock().unwrap().push_back(asks);
    run(&source, &channel, Duration::from_secs(7_300)).await;
    assert_eq!(channel.seqs(), [1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_wanted_is_offered_five_times() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.grow(&mut chain, 2);
    let channel = Script::new(&source, std::iter::repeat_n(rejected(), 5));
    run(&source, &channel, TWO_DAYS).await;
    assert_eq!(channel.seqs(), [1, 1, 1, 1, 1, 2]);
    assert_eq!(source.cursor_now(NAME), Some(2));
}

#[tokio::test(start_paused = true)]
async fn what_can_never_be_told_is_passed_over_at_once() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.grow(&mut chain, 2);
    let why = "nobody has an address".to_owned();
    let channel = Script::new(&source, [Told::Never { why }]);
    run(&source, &channel, A_WHILE).await;
    assert_eq!(channel.seqs(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_gone_is_silent_until_the_next_start() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.grow(&mut chain, 3);
    let why = "it answered 410".to_owned();
    let channel = Script::new(&source, [Told::Done, Told::Gone { why }]);
    assert_eq!(run(&source, &channel, A_WHILE).await, Ended::Gone);
    assert_eq!(
        (channel.seqs(), source.cursor_now(NAME)),
        (vec![1, 2], Some(1))
    );
    run(&source, &channel, A_WHILE).await;
    assert_eq!(channel.seqs(), [1, 2, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_told_nothing_asks_for_few_writes() {
    let (source, mut chain) = (FakeSource::new(), ChainBuilder::new("acme"));
    source.cursors.lock().unwrap().insert(NAME.to_owned(), 0);
    source.grow(&mut chain, 3_000);
    let channel = Script::new(&source, std::iter::repeat_n(Told::Passed, 3_000));
    run(&source, &channel, A_WHILE).await;
    assert_eq!(source.cursor_now(NAME), Some(3_000));
    assert!(*source.keepings.lock().unwrap() <= 3);
}

#[tokio::test(start_paused = true)]
async fn who_could_shut_the_gate_being_gone_shuts_it() {
    let source = FakeSource::new();
    let channel = Script::new(&source, []);
    let (shut, shutdown) = watch::channel(false);
    drop(shut);
    assert_eq!(
        follow(following(&source, &channel), shutdown).await,
        Ended::Shut
    );
}
