//! JSON Schema (2020-12) as far as tools describe their arguments with it.
//!
//! A schema is compiled once. A keyword that only explains is left alone; one that limits in a way
//! that is not understood here, and a reference to somewhere else, makes the schema unusable: what
//! cannot be checked is not passed on.

mod compile;
mod number;

use regex::Regex;
use serde_json::{Map, Value};
use std::{cell::Cell, collections::BTreeMap};

/// How many comparisons one check may take, so that a schema cannot be made to cost much.
const EFFORT: usize = 200_000;
/// How deep references may lead.
const DEPTH_MAX: usize = 128;

/// A compiled schema.
#[derive(Debug)]
pub(super) struct Schema {
    root: Node,
    /// What references lead to, by their pointers.
    definitions: BTreeMap<String, Node>,
}

/// Why a schema cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum SchemaError {
    /// It is not one.
    #[error("`{0}` is not as JSON Schema says")]
    Malformed(String),
    /// It limits in a way that cannot be checked here.
    #[error("`{0}` cannot be checked by the gate")]
    Unknown(String),
    /// It is too large.
    #[error("it is too large")]
    TooLarge,
}

/// One level of a schema: everything in it must hold.
#[derive(Debug, Default)]
struct Node(Vec<Rule>);

#[derive(Debug)]
enum Rule {
    Never,
    Types(Vec<Kind>),
    OneOfValues(Vec<Value>),
    Reference(String),
    All(Vec<Node>),
    Any(Vec<Node>),
    One(Vec<Node>),
    Not(Box<Node>),
    If(Box<Node>, Option<Box<Node>>, Option<Box<Node>>),
    Number(number::Bound),
    Text {
        least: usize,
        most: usize,
    },
    Pattern(Regex),
    Items {
        first: Vec<Node>,
        rest: Option<Box<Node>>,
    },
    Contains {
        node: Box<Node>,
        least: usize,
        most: usize,
    },
    Count {
        least: usize,
        most: usize,
    },
    Unique,
    Members {
        named: BTreeMap<String, Node>,
        matching: Vec<(Regex, Node)>,
        others: Option<Box<Node>>,
    },
    Names(Box<Node>),
    Required(Vec<String>),
    Dependent(BTreeMap<String, Vec<String>>),
    DependentNodes(BTreeMap<String, Node>),
    Size {
        least: usize,
        most: usize,
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Null,
    Boolean,
    Object,
    Array,
    Number,
    Integer,
    Text,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "object" => Self::Object,
            "array" => Self::Array,
            "number" => Self::Number,
            "integer" => Self::Integer,
            "string" => Self::Text,
            _ => return None,
        })
    }

    fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Null, Value::Null)
            | (Self::Boolean, Value::Bool(_))
            | (Self::Object, Value::Object(_))
            | (Self::Array, Value::Array(_))
            | (Self::Number, Value::Number(_))
            | (Self::Text, Value::String(_)) => true,
            (Self::Integer, Value::Number(number)) => {
                number.is_i64()
                    || number.is_u64()
                    || number.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            _ => false,
        }
    }
}

/// Where a value does not fit, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Misfit {
    /// The path, e.g. `arguments.files[2]`.
    pub(super) path: String,
    /// What was expected.
    pub(super) why: String,
}

impl Schema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// [`SchemaError`].
    pub(super) fn compile(schema: &Value) -> Result<Self, SchemaError> {
        compile::schema(schema)
    }

    /// Whether a value fits.
    ///
    /// Fails closed: what would take too much effort does not fit.
    ///
    /// # Errors
    /// The first place where it does not.
    pub(super) fn check(&self, value: &Value) -> Result<(), Misfit> {
        let check = Check {
            schema: self,
            left: Cell::new(EFFORT),
        };
        check.node(&self.root, value, &Path::Root, 0)
    }
}

enum Path<'p> {
    Root,
    Member(&'p Self, &'p str),
    Item(&'p Self, usize),
}

impl Path<'_> {
    fn text(&self) -> String {
        match self {
            Self::Root => "arguments".to_owned(),
            Self::Member(above, name) => {
                let name: String = name.chars().take(64).collect();
                format!("{}.{name}", above.text())
            }
            Self::Item(above, at) => format!("{}[{at}]", above.text()),
        }
    }

    fn misfit(&self, why: impl Into<String>) -> Misfit {
        Misfit {
            path: self.text(),
            why: why.into(),
        }
    }
}

struct Check<'s> {
    schema: &'s Schema,
    left: Cell<usize>,
}

impl Check<'_> {
    fn node(
        &self,
        node: &Node,
        value: &Value,
        path: &Path<'_>,
        depth: usize,
    ) -> Result<(), Misfit> {
        if depth > DEPTH_MAX {
            return Err(path.misfit("leads too deep"));
        }
        node.0
            .iter()
            .try_for_each(|rule| self.rule(rule, value, path, depth + 1))
    }

    fn fits(&self, node: &Node, value: &Value, path: &Path<'_>, depth: usize) -> bool {
        self.node(node, value, path, depth).is_ok()
    }

    fn rule(
        &self,
        rule: &Rule,
        value: &Value,
        path: &Path<'_>,
        depth: usize,
    ) -> Result<(), Misfit> {
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(path.misfit("takes too much effort to check"));
        };
        self.left.set(left);
        match (rule, value) {
            (Rule::Never, _) => Err(path.misfit("is not expected")),
            (Rule::Types(kinds), _) => must(kinds.iter().any(|kind| kind.fits(value)), || {
                path.misfit(format!("expected {}", words(kinds)))
            }),
            (Rule::OneOfValues(values), _) => must(
                values.iter().any(|known| number::same(known, value)),
                || path.misfit("is not one of the values that are allowed"),
            ),
            (Rule::Number(bound), Value::Number(number)) => {
                bound.check(number).map_err(|why| path.misfit(why))
            }
            (Rule::Text { least, most }, Value::String(text)) => {
                let length = text.chars().count();
                must((*least..=*most).contains(&length), || {
                    path.misfit("is too short or too long")
                })
            }
            (Rule::Pattern(pattern), Value::String(text)) => must(pattern.is_match(text), || {
                path.misfit(format!("does not match `{pattern}`"))
            }),
            (_, Value::Array(items)) => self.list(rule, items, value, (path, depth)),
            (_, Value::Object(members)) => self.object(rule, members, value, (path, depth)),
            _ => self.combined(rule, value, path, depth),
        }
    }

    /// What applies to values of every kind.
    fn combined(
        &self,
        rule: &Rule,
        value: &Value,
        path: &Path<'_>,
        depth: usize,
    ) -> Result<(), Misfit> {
        let fits = |node: &&Node| self.fits(node, value, path, depth);
        match rule {
            Rule::Reference(pointer) => match self.schema.definitions.get(pointer) {
                Some(node) => self.node(node, value, path, depth),
                None => Err(path.misfit("refers to nothing")),
            },
            Rule::All(nodes) => nodes
                .iter()
                .try_for_each(|node| self.node(node, value, path, depth)),
            Rule::Any(nodes) => must(nodes.iter().any(|node| fits(&node)), || {
                path.misfit("fits none of the ways that are allowed")
            }),
            Rule::One(nodes) => must(nodes.iter().filter(fits).count() == 1, || {
                path.misfit("does not fit exactly one of the ways that are allowed")
            }),
            Rule::Not(node) => must(!fits(&&**node), || {
                path.misfit("is of a kind that is excluded")
            }),
            Rule::If(condition, then, otherwise) => {
                let branch = if fits(&&**condition) { then } else { otherwise };
                branch
                    .as_ref()
                    .map_or(Ok(()), |node| self.node(node, value, path, depth))
            }
            // The others speak of kinds that this value is not of.
            _ => Ok(()),
        }
    }

    fn list(
        &self,
        rule: &Rule,
        items: &[Value],
        value: &Value,
        (path, depth): (&Path<'_>, usize),
    ) -> Result<(), Misfit> {
        match rule {
            Rule::Items { first, rest } => items.iter().enumerate().try_for_each(|(at, item)| {
                let node = first.get(at).or(rest.as_deref());
                let here = Path::Item(path, at);
                node.map_or(Ok(()), |node| self.node(node, item, &here, depth))
            }),
            Rule::Contains { node, least, most } => {
                let fitting = items
                    .iter()
                    .filter(|item| self.fits(node, item, path, depth));
                must((*least..=*most).contains(&fitting.count()), || {
                    path.misfit("holds too few or too many of what it must hold")
                })
            }
            Rule::Count { least, most } => must((*least..=*most).contains(&items.len()), || {
                path.misfit("has too few or too many items")
            }),
            Rule::Unique => self.unique(items, path),
            _ => self.combined(rule, value, path, depth),
        }
    }

    fn unique(&self, items: &[Value], path: &Path<'_>) -> Result<(), Misfit> {
        let pairs = items.len().saturating_mul(items.len()) / 2;
        let Some(left) = self.left.get().checked_sub(pairs) else {
            return Err(path.misfit("takes too much effort to check"));
        };
        self.left.set(left);
        let twice = items.iter().enumerate().any(|(at, item)| {
            let mut before = items.iter().take(at);
            before.any(|other| number::same(other, item))
        });
        must(!twice, || path.misfit("has an item twice"))
    }

    fn object(
        &self,
        rule: &Rule,
        members: &Map<String, Value>,
        value: &Value,
        (path, depth): (&Path<'_>, usize),
    ) -> Result<(), Misfit> {
        let lacks = |names: &[String]| {
            names
                .iter()
                .find(|name| !members.contains_key(*name))
                .cloned()
        };
        match rule {
            Rule::Members { .. } => members
                .iter()
                .try_for_each(|(name, member)| self.member(rule, (name, member), path, depth)),
            Rule::Names(node) => members.keys().try_for_each(|name| {
                let here = Path::Member(path, name);
                self.node(node, &Value::from(name.as_str()), &here, depth)
            }),
            Rule::Required(names) => match lacks(names) {
                Some(name) => Err(Path::Member(path, &name).misfit("is required")),
                None => Ok(()),
            },
            Rule::Dependent(needs) => {
                let present = needs.iter().filter(|(name, _)| members.contains_key(*name));
                let mut lacking = present.filter_map(|(_, names)| lacks(names));
                match lacking.next() {
                    Some(name) => Err(Path::Member(path, &name).misfit("is required with another")),
                    None => Ok(()),
                }
            }
            Rule::DependentNodes(needs) => needs
                .iter()
                .filter(|(name, _)| members.contains_key(*name))
                .try_for_each(|(_, node)| self.node(node, value, path, depth)),
            Rule::Size { least, most } => must((*least..=*most).contains(&members.len()), || {
                path.misfit("has too few or too many members")
            }),
            _ => self.combined(rule, value, path, depth),
        }
    }

    fn member(
        &self,
        rule: &Rule,
        (name, member): (&str, &Value),
        path: &Path<'_>,
        depth: usize,
    ) -> Result<(), Misfit> {
        let Rule::Members {
            named,
            matching,
            others,
        } = rule
        else {
            return Ok(());
        };
        let here = Path::Member(path, name);
        let mut is_known = false;
        if let Some(node) = named.get(name) {
            is_known = true;
            self.node(node, member, &here, depth)?;
        }
        for (_, node) in matching
            .iter()
            .filter(|(pattern, _)| pattern.is_match(name))
        {
            is_known = true;
            self.node(node, member, &here, depth)?;
        }
        match others {
            Some(node) if !is_known => self.node(node, member, &here, depth),
            _ => Ok(()),
        }
    }
}

fn must(holds: bool, misfit: impl FnOnce() -> Misfit) -> Result<(), Misfit> {
    if holds { Ok(()) } else { Err(misfit()) }
}

fn words(kinds: &[Kind]) -> String {
    let word = |kind: &Kind| match kind {
        Kind::Null => "null",
        Kind::Boolean => "a boolean",
        Kind::Object => "an object",
        Kind::Array => "a list",
        Kind::Number => "a number",
        Kind::Integer => "a whole number",
        Kind::Text => "a text",
    };
    kinds.iter().map(word).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests;
