use jiff::Timestamp;
use portcullis_firewall::ports::Clock;
use portcullis_testkit::FakeClock;
use std::time::Duration;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_clock_stands_still_until_it_is_moved() {
    let clock = FakeClock::at("2026-04-10T14:32:01.007Z");
    assert_eq!(clock.now(), moment("2026-04-10T14:32:01.007Z"));
    assert_eq!(clock.now(), clock.now());
}

#[test]
fn the_clock_moves_forwards_and_back() {
    let clock = FakeClock::at("2026-04-10T14:32:01.007Z");
    clock.advance(Duration::from_millis(1_500));
    assert_eq!(clock.now(), moment("2026-04-10T14:32:02.507Z"));
    clock.jump_back(Duration::from_secs(3_600));
    assert_eq!(clock.now(), moment("2026-04-10T13:32:02.507Z"));
    clock.set(moment("2000-01-01T00:00:00.0009Z"));
    assert_eq!(clock.now(), moment("2000-01-01T00:00:00.000Z"));
}
