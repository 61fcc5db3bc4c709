use super::{Obstacle, pieces, quote, split};
use Obstacle::{
    Assignment, Braces, Comment, DollarQuote, Glob, HereString, Heredoc, History, Keyword, Missing,
    ProcessSubstitution, Redirection, Subshell, Substitution, Tilde, TooDeep, TooLong, Unbalanced,
    Unclosed, Unseen, Variable,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// The words of every command, and what stands in the way of it.
fn read(line: &str) -> Vec<(Vec<String>, Vec<Obstacle>)> {
    let segments = split(line).into_iter();
    segments
        .map(|segment| (segment.words, segment.obstacles))
        .collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn plain_commands_are_cut_at_every_separator() {
    let line = "a b;c|d&&e||f&g\nh |& i\n\n j &";
    let found: Vec<_> = split(line)
        .iter()
        .map(|segment| segment.argv().map(|argv| argv.join(" ")))
        .collect();
    let wanted = ["a b", "c", "d", "e", "f", "g", "h", "i", "j"];
    assert_eq!(found, wanted.map(|argv| Some(argv.to_owned())));
}

#[test]
fn quotes_and_escapes_are_taken_away() {
    for (line, wanted) in [
        ("a 'b c' \"d e\"", &["a", "b c", "d e"][..]),
        ("a'b'\"c\"\\ d", &["abc d"]),
        ("a '' \"\"", &["a", "", ""]),
        ("'a;b' \"c|d\" e\\;f", &["a;b", "c|d", "e;f"]),
        ("'$x' \\$x \"\\$x\" \"\\`\"", &["$x", "$x", "$x", "`"]),
        ("\"a\\nb\" 'a\\nb'", &["a\\nb", "a\\nb"]),
        ("a\\\nb c", &["ab", "c"]),
        ("r\\m '-rf' \"/\"", &["rm", "-rf", "/"]),
        (
            "echo a=b x~y a#b $ a$ {}",
            &["echo", "a=b", "x~y", "a#b", "$", "a$", "{}"],
        ),
        ("'if' then \"!\"", &["if", "then", "!"]),
        ("'A=b' c", &["A=b", "c"]),
        ("a '*' \\* \"[x]\"", &["a", "*", "*", "[x]"]),
        ("a ]", &["a", "]"]),
    ] {
        assert_eq!(read(line), [(words(wanted), vec![])], "{line}");
    }
}

/// Lines that no one can read for certain, and why.
const UNREADABLE: &[(&str, Obstacle)] = &[
    ("a $b", Variable),
    ("a \"$b\"", Variable),
    ("a ${b}", Variable),
    ("a $1", Variable),
    ("a $@", Variable),
    ("a $(b)", Substitution),
    ("a \"$(b)\"", Substitution),
    ("a `b`", Substitution),
    ("a $((1 + 1))", Substitution),
    ("a <(b)", ProcessSubstitution),
    ("a >(b)", ProcessSubstitution),
    ("(a b)", Subshell),
    ("a() b", Subshell),
    ("a *", Glob),
    ("a b?", Glob),
    ("a [bc]", Glob),
    ("a {b,c}", Braces),
    ("a {}b", Braces),
    ("a ~", Tilde),
    ("a ~b", Tilde),
    ("a --to=~/b", Tilde),
    ("a > b", Redirection),
    ("a >> b", Redirection),
    ("a < b", Redirection),
    ("a 2>&1", Redirection),
    ("a &> b", Redirection),
    ("a >| b", Redirection),
    ("a <<b", Heredoc),
    ("a <<-b", Heredoc),
    ("a <<< b", HereString),
    ("A=b c", Assignment),
    ("A+=b c", Assignment),
    ("A=b", Assignment),
    ("A= B=c d", Assignment),
    ("! a", Keyword),
    ("if a", Keyword),
    ("time a", Keyword),
    ("a;; b", Keyword),
    ("!a", History),
    ("a !b", History),
    ("a # b", Comment),
    ("a $'b'", DollarQuote),
    ("a $\"b\"", DollarQuote),
    ("a\u{200B}b", Unseen),
    ("a\rb", Unseen),
    ("a '\0'", Unseen),
    ("a 'b", Unclosed),
    ("a \"b", Unclosed),
    ("a $(b", Unclosed),
    ("a \\", Unclosed),
    ("a )", Unbalanced),
    ("a &&", Missing),
    ("a |", Missing),
    ("; a", Missing),
    ("a ; ; b", Missing),
    ("a & & b", Missing),
    ("", Missing),
    (" \t\n", Missing),
];

#[test]
fn what_only_a_running_shell_knows_is_not_guessed() {
    for (line, wanted) in UNREADABLE {
        let found = split(line);
        let all: Vec<_> = found
            .iter()
            .flat_map(|segment| segment.obstacles.clone())
            .collect();
        assert!(all.contains(wanted), "{line}: {found:?}");
        assert!(
            found.iter().any(|segment| segment.argv().is_none()),
            "{line}"
        );
    }
}

#[test]
fn where_shells_differ_both_readings_are_kept_apart() {
    let found = read("rm x &> y");
    assert_eq!(
        found.first(),
        Some(&(words(&["rm", "x"]), vec![Redirection]))
    );
    assert!(
        found.iter().all(|(_, obstacles)| !obstacles.is_empty()),
        "{found:?}"
    );
}

#[test]
fn commands_within_commands_are_cut_out() {
    for line in [
        "a $(rm -rf /)",
        "a \"x $(rm -rf /) y\"",
        "a `rm -rf /`",
        "a \"`rm -rf /`\"",
        "a <(rm -rf /)",
        "(rm -rf /)",
        "a $(b $(rm -rf /))",
        "a ${b:-$(rm -rf /)}",
        "a $(b; rm -rf /; c)",
    ] {
        let inner = words(&["rm", "-rf", "/"]);
        assert!(
            split(line)
                .iter()
                .any(|segment| segment.argv() == Some(&inner)),
            "{line}"
        );
    }
}

#[test]
fn words_before_a_command_are_not_the_command() {
    for line in ["A=b rm x", "if rm x", "A=b B=c ! time rm x", "! rm x"] {
        let segments = split(line);
        assert_eq!(
            segments.first().map(|segment| segment.bare_words()),
            Some(&words(&["rm", "x"])[..])
        );
    }
    assert!(
        split("A=b")
            .iter()
            .all(|segment| segment.bare_words().is_empty())
    );
}

#[test]
fn what_is_too_much_is_not_read() {
    let deep = "$(".repeat(100);
    assert!(
        split(&deep)
            .iter()
            .any(|segment| segment.obstacles.contains(&TooDeep))
    );
    let long = "a ".repeat(40_000);
    assert_eq!(read(&long), [(vec![], vec![TooLong])]);
}

#[test]
fn no_quote_hides_a_piece() {
    let found: Vec<_> = pieces("a 'b; rm x' <<E\nit's\nrm y\n$(z)").collect();
    for piece in ["rm x'", "rm y", "z"] {
        assert!(found.contains(&piece), "{piece}: {found:?}");
    }
}

/// Lines of what shells care about.
fn a_line() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "a", "b c", " ", "'", "\"", "\\", "$", "$x", "$(", ")", "`", "(", "{", "}", "{}", "*", "~",
        ";", "&", "&&", "|", "||", "\n", "<", ">", "<<", "#", "!", "=", "A=", "if ", "\u{200B}",
        "é", "\0", "\r", "-",
    ]);
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Any words a command may have.
fn an_argv() -> impl Strategy<Value = Vec<String>> {
    vec(
        prop_oneof!["[a-z=~!{}'\"$ ;#*-]{0,6}", any::<String>()],
        1..6,
    )
    .prop_map(|words| {
        words
            .into_iter()
            .map(|word| word.replace('\0', "0"))
            .collect()
    })
}

proptest! {
    #[test]
    fn a_quoted_command_reads_as_itself(argv in an_argv()) {
        let line = quote(&argv);
        prop_assert_eq!(read(&line), [(argv, vec![])], "{}", line);
    }

    #[test]
    fn what_is_read_and_quoted_again_reads_the_same(line in a_line()) {
        let segments = split(&line);
        prop_assert!(!segments.is_empty());
        let fixed: Option<Vec<_>> = segments.iter().map(|segment| segment.argv()).collect();
        if let Some(fixed) = fixed {
            let again = fixed.iter().map(|argv| quote(argv)).collect::<Vec<_>>().join("; ");
            let read: Vec<_> = split(&again).iter().map(|segment| segment.words.clone()).collect();
            prop_assert_eq!(read, fixed);
        }
    }

    #[test]
    fn any_text_is_cut(line in any::<String>()) {
        prop_assert!(!split(&line).is_empty());
        let _ = pieces(&line).count();
    }

    #[test]
    fn what_follows_a_separator_changes_nothing_before_it(
        argv in an_argv(), separator in select(vec![";", "&", "|", "&&", "||", "\n"]), more in a_line(),
    ) {
        let line = format!("{}{separator}{more}", quote(&argv));
        prop_assume!(line.len() <= super::LINE_MAX_BYTES);
        let segments = split(&line);
        prop_assert_eq!(segments.first().map(|segment| &segment.words), Some(&argv), "{}", line);
    }
}
