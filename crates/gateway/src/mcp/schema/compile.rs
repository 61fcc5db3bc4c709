//! From a schema as JSON to one that is checked against.

use super::{Kind, Node, Rule, Schema, SchemaError, number::Bound};
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How many levels of schema there may be in one, references included.
const NODES_MAX: usize = 10_000;
/// How deep schemas may stand in each other.
const DEPTH_MAX: usize = 64;
/// The most memory that one pattern may take, in bytes.
const PATTERN_BYTES: usize = 256 << 10;

/// What limits, and cannot be checked here.
const UNCHECKED: &[&str] = &[
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveAnchor",
    "$recursiveRef",
    "additionalItems",
    "dependencies",
    "unevaluatedItems",
    "unevaluatedProperties",
];

pub(super) fn schema(schema: &Value) -> Result<Schema, SchemaError> {
    let mut compiler = Compiler {
        whole: schema,
        nodes: 0,
        wanted: BTreeSet::new(),
    };
    let root = compiler.node(schema, 0)?;
    let mut definitions = BTreeMap::new();
    while let Some(pointer) = compiler.wanted.pop_first() {
        if definitions.contains_key(&pointer) {
            continue;
        }
        let target = schema
            .pointer(&pointer)
            .ok_or_else(|| SchemaError::Malformed("$ref".to_owned()))?;
        let node = compiler.node(target, 0)?;
        definitions.insert(pointer, node);
    }
    Ok(Schema { root, definitions })
}

struct Compiler<'s> {
    whole: &'s Value,
    nodes: usize,
    wanted: BTreeSet<String>,
}

impl Compiler<'_> {
    fn node(&mut self, schema: &Value, depth: usize) -> Result<Node, SchemaError> {
        self.nodes += 1;
        if self.nodes > NODES_MAX || depth > DEPTH_MAX {
            return Err(SchemaError::TooLarge);
        }
        match schema {
            Value::Bool(true) => Ok(Node::default()),
            Value::Bool(false) => Ok(Node(vec![Rule::Never])),
            Value::Object(keywords) => self.keywords(keywords, depth + 1),
            _ => Err(SchemaError::Malformed("schema".to_owned())),
        }
    }

    fn keywords(&mut self, all: &Map<String, Value>, depth: usize) -> Result<Node, SchemaError> {
        let mut rules = Vec::new();
        for (name, value) in all {
            if UNCHECKED.contains(&name.as_str()) {
                return Err(SchemaError::Unknown(name.clone()));
            }
            rules.extend(self.keyword(name, value, all, depth)?);
        }
        if ["properties", "patternProperties", "additionalProperties"]
            .iter()
            .any(|name| all.contains_key(*name))
        {
            rules.push(self.members(all, depth)?);
        }
        if all.contains_key("prefixItems") || all.contains_key("items") {
            rules.push(self.items(all, depth)?);
        }
        Ok(Node(rules))
    }

    fn keyword(
        &mut self,
        name: &str,
        value: &Value,
        all: &Map<String, Value>,
        depth: usize,
    ) -> Result<Option<Rule>, SchemaError> {
        let malformed = || SchemaError::Malformed(name.to_owned());
        let number = || value.as_f64().ok_or_else(malformed);
        let count = |key: &str, fallback: usize| match all.get(key) {
            None => Ok(fallback),
            Some(value) => whole(value).ok_or_else(|| SchemaError::Malformed(key.to_owned())),
        };
        let bounds = |least: &str, most: &str, fallback: usize| {
            Ok::<_, SchemaError>((count(least, fallback)?, count(most, usize::MAX)?))
        };
        Ok(Some(match name {
            "type" => Rule::Types(kinds(value).ok_or_else(malformed)?),
            "enum" => Rule::OneOfValues(value.as_array().ok_or_else(malformed)?.clone()),
            "const" => Rule::OneOfValues(vec![value.clone()]),
            "$ref" => self.reference(value.as_str().ok_or_else(malformed)?)?,
            "allOf" => Rule::All(self.nodes(value, name, depth)?),
            "anyOf" => Rule::Any(self.nodes(value, name, depth)?),
            "oneOf" => Rule::One(self.nodes(value, name, depth)?),
            "not" => Rule::Not(Box::new(self.node(value, depth)?)),
            "if" => {
                let mut branch = |key: &str| {
                    let schema = all.get(key);
                    schema
                        .map(|schema| self.node(schema, depth).map(Box::new))
                        .transpose()
                };
                let (then, otherwise) = (branch("then")?, branch("else")?);
                Rule::If(Box::new(self.node(value, depth)?), then, otherwise)
            }
            "minimum" => Rule::Number(Bound::Least(number()?)),
            "maximum" => Rule::Number(Bound::Most(number()?)),
            "exclusiveMinimum" => Rule::Number(Bound::Above(number()?)),
            "exclusiveMaximum" => Rule::Number(Bound::Below(number()?)),
            "multipleOf" => Rule::Number(Bound::MultipleOf(
                Some(number()?)
                    .filter(|step| *step > 0.0)
                    .ok_or_else(malformed)?,
            )),
            "minLength" | "maxLength" => {
                let (least, most) = bounds("minLength", "maxLength", 0)?;
                Rule::Text { least, most }
            }
            "pattern" => Rule::Pattern(pattern(value.as_str().ok_or_else(malformed)?)?),
            "contains" => {
                let (least, most) = bounds("minContains", "maxContains", 1)?;
                let node = Box::new(self.node(value, depth)?);
                Rule::Contains { node, least, most }
            }
            "minItems" | "maxItems" => {
                let (least, most) = bounds("minItems", "maxItems", 0)?;
                Rule::Count { least, most }
            }
            "uniqueItems" => match value.as_bool().ok_or_else(malformed)? {
                true => Rule::Unique,
                false => return Ok(None),
            },
            "propertyNames" => Rule::Names(Box::new(self.node(value, depth)?)),
            "required" => Rule::Required(texts(value).ok_or_else(malformed)?),
            "dependentRequired" => {
                let needs = value.as_object().ok_or_else(malformed)?.iter();
                let needs = needs.map(|(name, names)| Some((name.clone(), texts(names)?)));
                Rule::Dependent(needs.collect::<Option<_>>().ok_or_else(malformed)?)
            }
            "dependentSchemas" => Rule::DependentNodes(self.named(value, name, depth)?),
            "minProperties" | "maxProperties" => {
                let (least, most) = bounds("minProperties", "maxProperties", 0)?;
                Rule::Size { least, most }
            }
            // What stands beside another keyword is read there. Anything else explains (core 6.5).
            _ => return Ok(None),
        }))
    }

    fn reference(&mut self, reference: &str) -> Result<Rule, SchemaError> {
        let outside = || SchemaError::Unknown("$ref".to_owned());
        let pointer = reference.strip_prefix('#').ok_or_else(outside)?;
        if !(pointer.is_empty() || pointer.starts_with('/')) || pointer.contains('%') {
            return Err(outside());
        }
        if self.whole.pointer(pointer).is_none() {
            return Err(SchemaError::Malformed("$ref".to_owned()));
        }
        self.wanted.insert(pointer.to_owned());
        Ok(Rule::Reference(pointer.to_owned()))
    }

    fn members(&mut self, all: &Map<String, Value>, depth: usize) -> Result<Rule, SchemaError> {
        let named = match all.get("properties") {
            Some(value) => self.named(value, "properties", depth)?,
            None => BTreeMap::new(),
        };
        let mut matching = Vec::new();
        if let Some(value) = all.get("patternProperties") {
            for (text, node) in self.named(value, "patternProperties", depth)? {
                matching.push((pattern(&text)?, node));
            }
        }
        let others = all.get("additionalProperties");
        let others = others
            .map(|schema| self.node(schema, depth).map(Box::new))
            .transpose()?;
        Ok(Rule::Members {
            named,
            matching,
            others,
        })
    }

    fn items(&mut self, all: &Map<String, Value>, depth: usize) -> Result<Rule, SchemaError> {
        let first = match all.get("prefixItems") {
            Some(value) => self.nodes(value, "prefixItems", depth)?,
            None => Vec::new(),
        };
        let rest = all.get("items");
        let rest = rest
            .map(|schema| self.node(schema, depth).map(Box::new))
            .transpose()?;
        Ok(Rule::Items { first, rest })
    }

    fn nodes(&mut self, value: &Value, name: &str, depth: usize) -> Result<Vec<Node>, SchemaError> {
        let list = value
            .as_array()
            .ok_or_else(|| SchemaError::Malformed(name.to_owned()))?;
        list.iter().map(|schema| self.node(schema, depth)).collect()
    }

    fn named(
        &mut self,
        value: &Value,
        name: &str,
        depth: usize,
    ) -> Result<BTreeMap<String, Node>, SchemaError> {
        let members = value
            .as_object()
            .ok_or_else(|| SchemaError::Malformed(name.to_owned()))?;
        members
            .iter()
            .map(|(name, schema)| Ok((name.clone(), self.node(schema, depth)?)))
            .collect()
    }
}

/// Patterns are searched for, as in ECMA-262. What that has and this library does not, e.g.
/// looking ahead, cannot be checked.
fn pattern(text: &str) -> Result<Regex, SchemaError> {
    RegexBuilder::new(text)
        .size_limit(PATTERN_BYTES)
        .build()
        .map_err(|_| SchemaError::Unknown("pattern".to_owned()))
}

fn kinds(value: &Value) -> Option<Vec<Kind>> {
    match value {
        Value::String(name) => Some(vec![Kind::of(name)?]),
        Value::Array(names) if !names.is_empty() => {
            names.iter().map(|name| Kind::of(name.as_str()?)).collect()
        }
        _ => None,
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let list = value.as_array()?.iter();
    list.map(|one| one.as_str().map(str::to_owned)).collect()
}

fn whole(value: &Value) -> Option<usize> {
    let number = value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        let is_small = number.fract() == 0.0 && (0.0..=4_294_967_295.0).contains(&number);
        is_small.then(|| format!("{number:.0}").parse().ok())?
    })?;
    usize::try_from(number).ok()
}
