//! Numbers as people read them.

use jiff::Timestamp;

/// A number in full, with a comma between thousands: `1,234,567`.
#[must_use]
pub fn full(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number in at most five characters: `999`, `1.2k`, `34k`, `18E`. It never says more than there is.
#[must_use]
pub fn short(number: u64) -> String {
    const UNITS: [(u64, &str); 6] = [
        (1_000_000_000_000_000_000, "E"),
        (1_000_000_000_000_000, "P"),
        (1_000_000_000_000, "T"),
        (1_000_000_000, "G"),
        (1_000_000, "M"),
        (1_000, "k"),
    ];
    let Some((unit, name)) = UNITS.iter().find(|(unit, _)| number >= *unit) else {
        return number.to_string();
    };
    let whole = number / unit;
    let tenth = number % unit / (unit / 10);
    if whole < 10 && tenth > 0 {
        format!("{whole}.{tenth}{name}")
    } else {
        format!("{whole}{name}")
    }
}

/// A count with its noun: `1 hold`, `2 holds`. The noun's plural takes an `s`.
#[must_use]
pub fn count(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", full(number))
}

/// A share of a whole as percent, with one digit: `12.5%`. Of nothing it is `–`.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = u128::from(part) * 1000 / u128::from(whole);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// How long ago, or in how long: `now`, `5 s ago`, `in 12 min`. Rounded down.
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let far = seconds.unsigned_abs();
    if far < 5 {
        return "now".to_owned();
    }
    let amount = span(far);
    if seconds < 0 {
        format!("in {amount}")
    } else {
        format!("{amount} ago")
    }
}

/// A span of seconds in its largest unit, rounded down: `59 s`, `3 min`, `23 h`, `9 d`.
#[must_use]
pub fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", full(seconds / 86_400)),
    }
}

/// A delay that was measured: `999 ms`, `1.2 s`. Rounded down.
#[must_use]
pub fn delay(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => span(milliseconds / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::{ago, count, delay, full, share, short};
    use jiff::Timestamp;

    #[test]
    fn numbers_are_readable_at_any_size() {
        assert_eq!([full(0), full(999), full(1_000)], ["0", "999", "1,000"]);
        assert_eq!(full(u64::MAX), "18,446,744,073,709,551,615");
        let sizes = [0, 999, 1_000, 1_250, 9_999, 10_999, 1_000_000, u64::MAX].map(short);
        assert_eq!(
            sizes,
            ["0", "999", "1k", "1.2k", "9.9k", "10k", "1M", "18E"]
        );
        assert_eq!([count(1, "hold"), count(0, "hold")], ["1 hold", "0 holds"]);
    }

    #[test]
    fn shares_are_exact_and_never_divide_by_nothing() {
        assert_eq!(
            [share(1, 8), share(0, 5), share(5, 5)],
            ["12.5%", "0.0%", "100.0%"]
        );
        assert_eq!([share(u64::MAX, u64::MAX), share(3, 0)], ["100.0%", "–"]);
    }

    #[test]
    fn delays_are_told_as_exactly_as_they_matter() {
        let told = [0, 120, 999, 1_000, 12_345, 61_000, u64::MAX].map(delay);
        assert_eq!(
            told[..6],
            ["0 ms", "120 ms", "999 ms", "1.0 s", "12.3 s", "1 min"]
        );
    }

    #[test]
    fn times_are_told_from_now() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let told = [0, -4, -59, -60, -7_199, -90_000, 60]
            .map(|off| ago(at(1_000_000 + off), at(1_000_000)));
        assert_eq!(
            told,
            [
                "now",
                "now",
                "59 s ago",
                "1 min ago",
                "1 h ago",
                "1 d ago",
                "in 1 min"
            ]
        );
        let _ = ago(Timestamp::MIN, Timestamp::MAX);
    }
}
