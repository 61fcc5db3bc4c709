//! The plots, at nothing, one and numbers that no screen has room for.

use super::readable;
use portcullis_control::console::charts::{
    bars::{Bar, lying},
    columns::{Class, standing},
    spark,
    verdicts::{Span, over_time},
};

fn span(name: &str, counts: [u64; 3]) -> Span {
    let [cleared, held, blocked] = counts;
    Span {
        name: name.to_owned(),
        cleared,
        held,
        blocked,
    }
}

fn bar(name: &str, count: u64, whole: u64) -> Bar {
    Bar {
        name: name.to_owned(),
        count,
        whole,
    }
}

fn class(name: &str, count: u64) -> Class {
    Class {
        name: name.to_owned(),
        count,
    }
}

#[test]
fn verdicts_over_time() {
    let few = [
        span("13:00", [90, 8, 2]),
        span("14:00", [0, 0, 0]),
        span("15:00", [1, 0, 30]),
    ];
    insta::assert_snapshot!(
        "chart verdicts",
        readable(&over_time("v", "Verdicts", &few).into_string())
    );
}

#[test]
fn bars_that_lie() {
    let bars = [bar("0 observe", 1_234, 0), bar("4 destructive", 3, 0)];
    insta::assert_snapshot!(
        "chart tiers",
        readable(&lying("t", "Tiers", "Judgements", &bars).into_string())
    );
    let rates = [
        bar("Spend\u{202E} cap", 50, 400),
        bar(&"long ".repeat(30), 0, 400),
    ];
    insta::assert_snapshot!(
        "chart policies",
        readable(&lying("p", "Policies", "Fired", &rates).into_string())
    );
}

#[test]
fn columns_that_stand() {
    let classes = [
        class("< 1 min", 12),
        class("1–5 min", 40),
        class("> 5 min", 0),
    ];
    insta::assert_snapshot!(
        "chart ages",
        readable(&standing("a", "Ages", "Holds", &classes).into_string())
    );
}

#[test]
fn a_line_in_the_size_of_a_word() {
    let lines = [&[][..], &[7], &[0, 0], &[1, 5, 3, u64::MAX]]
        .map(|counts| spark::line("Judgements", counts).into_string());
    insta::assert_snapshot!("chart sparks", readable(&lines.concat()));
}

/// Every number of a length or a place is on its canvas, whatever is counted.
#[test]
fn no_count_leaves_the_canvas() {
    for count in [0, 1, 2, 1_000_000, u64::MAX] {
        for many in [0, 1, 2, 24, 168] {
            let spans = vec![span("x", [count, count, count]); many];
            let classes = vec![class("x", count); many];
            let bars = vec![bar("x", count, 0), bar("y", 1, 1), bar("z", count, 1)];
            for drawn in [
                over_time("v", "V", &spans),
                standing("s", "S", "N", &classes),
                lying("l", "L", "N", &bars),
            ] {
                stays_on_canvas(&drawn.into_string());
            }
        }
    }
}

fn stays_on_canvas(svg: &str) {
    let canvas = svg.split("viewBox=\"0 0 ").nth(1).unwrap();
    let (wide, rest) = canvas.split_once(' ').unwrap();
    let high: u64 = rest.split('"').next().unwrap().parse().unwrap();
    let wide: u64 = wide.parse().unwrap();
    for rect in svg
        .split("<rect ")
        .skip(1)
        .filter(|rect| rect.contains("x=\"") && rect.contains(" y=\""))
    {
        let number = |name: &str| -> u64 {
            let all = format!(" {rect}");
            all.split(&format!(" {name}=\""))
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .parse()
                .unwrap()
        };
        assert!(number("x") + number("width") <= wide + 1, "{rect:.120}");
        assert!(number("y") + number("height") <= high, "{rect:.120}");
    }
}
