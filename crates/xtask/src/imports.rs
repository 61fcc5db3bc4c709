//! Which modules of its own crate a file leans on.

use crate::{module::ModulePath, token::Token};
use std::{iter::Peekable, slice::Iter};

type Tokens<'t> = Peekable<Iter<'t, Token>>;

/// One path that starts at `crate`, `self` or `super`, in an import or in the middle of code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Import {
    /// From the crate's root: modules first, then items.
    pub path: Vec<String>,
    /// Whether it ends in `*`.
    pub glob: bool,
    /// The line.
    pub line: usize,
}

/// The imports of the module at `own`, given its tokens without tests.
#[must_use]
pub fn imports(tokens: &[Token], own: &[String]) -> Vec<Import> {
    let mut found = Vec::new();
    let mut inline = InlineModules::default();
    let mut previous = "";
    let mut rest = tokens.iter().peekable();
    while let Some(token) = rest.next() {
        inline.see(token, previous, rest.peek().copied());
        let starts = matches!(token.text.as_str(), "crate" | "self" | "super");
        let path_follows = rest.peek().is_some_and(|next| next.is("::"));
        // `pub(in crate::a)` is a wall, not an import; `$crate` is how a macro names its home.
        if starts && path_follows && !matches!(previous, "in" | "::" | "$") {
            let mut base = own.to_vec();
            base.extend(inline.names());
            follow(&mut rest, step(base, &token.text), token.line, &mut found);
        }
        previous = &token.text;
    }
    found
}

/// Where `word` leads from the module at `base`.
fn step(mut base: ModulePath, word: &str) -> ModulePath {
    match word {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            base.pop();
        }
        _ => base.push(word.to_owned()),
    }
    base
}

/// Follows a path behind its first word, into every branch of its braces.
fn follow(rest: &mut Tokens<'_>, mut path: ModulePath, line: usize, found: &mut Vec<Import>) {
    while rest.next_if(|next| next.is("::")).is_some() {
        let Some(next) = rest.peek() else { break };
        if next.is("{") {
            rest.next();
            return branches(rest, &path, found);
        }
        if next.is("*") {
            let line = next.line;
            rest.next();
            return found.push(Import {
                path,
                glob: true,
                line,
            });
        }
        if !next.is_word() {
            break;
        }
        path = step(path, &next.text);
        rest.next();
    }
    found.push(Import {
        path,
        glob: false,
        line,
    });
}

fn branches(rest: &mut Tokens<'_>, path: &[String], found: &mut Vec<Import>) {
    while let Some(next) = rest.next() {
        match next.text.as_str() {
            "}" => return,
            "*" => found.push(Import {
                path: path.to_vec(),
                glob: true,
                line: next.line,
            }),
            "as" => {
                rest.next();
            }
            word if next.is_word() => {
                follow(rest, step(path.to_vec(), word), next.line, found);
            }
            _ => {}
        }
    }
}

/// The `mod name { … }` blocks around a place.
#[derive(Debug, Default)]
struct InlineModules {
    braces: Vec<Option<String>>,
    name: Option<String>,
}

impl InlineModules {
    fn see(&mut self, token: &Token, previous: &str, next: Option<&Token>) {
        match token.text.as_str() {
            "{" => self.braces.push(self.name.take()),
            "}" => {
                self.braces.pop();
            }
            word if previous == "mod" && next.is_some_and(|next| next.is("{")) => {
                self.name = Some(word.to_owned());
            }
            _ => {}
        }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.braces.iter().flatten().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::imports;
    use crate::token::tokens;

    fn paths(source: &str, own: &[&str]) -> Vec<String> {
        let own: Vec<String> = own.iter().map(|part| (*part).to_owned()).collect();
        let found = imports(&tokens(source), &own).into_iter();
        found
            .map(|one| one.path.join("::") + if one.glob { "::*" } else { "" })
            .collect()
    }

    #[test]
    fn every_branch_of_a_tree_is_an_import() {
        let source = "use crate::{a, b::{self, C as D}, e::*};";
        assert_eq!(paths(source, &["x"]), ["a", "b", "b::C", "e::*"]);
    }

    #[test]
    fn super_and_self_start_where_the_file_stands() {
        assert_eq!(
            paths("use super::a; use self::b;", &["x", "y"]),
            ["x::a", "x::y::b"]
        );
        assert_eq!(paths("use super::super::a;", &["x", "y"]), ["a"]);
    }

    #[test]
    fn paths_in_code_count_too() {
        assert_eq!(
            paths("fn f() -> crate::a::B { crate::c::d::<E>() }", &["x"]),
            ["a::B", "c::d"]
        );
    }

    #[test]
    fn visibility_and_the_home_of_a_macro_are_no_imports() {
        assert_eq!(
            paths(
                "pub(in crate::a) fn f() { $crate::b!() } pub(crate) fn g() {}",
                &["x"]
            ),
            [""; 0]
        );
    }

    #[test]
    fn inline_modules_are_a_step_down() {
        assert_eq!(
            paths("mod a { use super::b; } use super::c;", &["x", "y"]),
            ["x::y::b", "x::c"]
        );
    }
}
